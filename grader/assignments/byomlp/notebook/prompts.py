"""Sentences of the template of Classification.ipynb, which are nobody's answer; a test compares them with the template."""

from __future__ import annotations

PROMPTS = (
    "which digit is it?",
    "Your network learns to read handwritten digits, and you find out how well it does it.",
    "Two networks are to be compared:",
    "| network | layers | |---|---| | small | 784 inputs, 20 leaky ReLUs, 10 softmax outputs | | large | "
    "784 inputs, 40 ReLUs, 20 leaky ReLUs, 10 softmax outputs |",
    "Train both by stochastic gradient descent for 100 epochs:",
    "in every epoch each training image comes once, in a fresh random order, and the network takes a step after each.",
    "Then report the accuracy of both on **all** training images and on **all** test images, and say in "
    "words which works better, why, and whether either overfits.",
    "Only numpy and matplotlib are allowed.",
    "While you are writing, train on a few thousand images and for a few epochs, so that you need not "
    "wait; hand in what does it all.",
    "An image is a row of 28 x 28 = 784 numbers between 0 (ink) and 1 (white paper).",
    "Images are sorted by class, as on the course's sheets, so the first thousands are all zeros:",
    "there is a reason for the random order.",
    "The ten outputs of a network are probabilities, one for each class.",
    "So the truth has to be ten numbers, too:",
    "a 1 for the right class and nine times 0.",
    "The network's answer is the class with the largest probability.",
    "While a network is being trained we want to see how it is getting on.",
    "Going through all the images after every epoch would cost nearly as much time as the training "
    "itself, so a fixed random sample of training images and one of test images must do for the curves.",
    "The accuracies that you report in the end are those on all the images.",
    "Draw loss and accuracy against the epoch, for both networks, on training images and on test images.",
    "Print the accuracy of both networks on all training images and on all test images.",
    "Which digits are taken for which?",
    "And which mistakes are made with the greatest confidence?",
    "Which network works better, and why?",
    "Does either overfit?",
    "Refer to the numbers and the curves above.",
)
