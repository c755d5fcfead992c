"""Sentences of the template of HW3_main.ipynb, which are nobody's answer; a test compares them with the template."""

from __future__ import annotations

PROMPTS: tuple[str, ...] = (
    "In `HW3_Modules.ipynb` you have built the parts.",
    "Here you put them together:",
    "first a toy problem that takes a second, then handwritten digits.",
    "You compare activations, say what you think of them, and train the best network you can.",
    "At the end there is an autoencoder, for those who want more.",
    "numpy, matplotlib, scikit-learn, scipy and pandas are allowed, deep-learning libraries are not.",
    (
        "Everything is run once more from top to bottom when you are graded, on other digits than yours and fewer or "
        "more of them."
    ),
    (
        "So let nothing depend on how many there are, and when you are done, restart the kernel and run all cells "
        "yourself."
    ),
    "`sgd_momentum` takes one step of gradient descent with momentum.",
    "It changes the parameters in place:",
    "that is why `getParameters` has to return the arrays themselves.",
    (
        "`config` holds the learning rate and the momentum and is yours to change as you go along; in `state` it keeps "
        "its own notes from one step to the next, so begin every training with an empty `{}`."
    ),
    "Everything below is trained in the same way, so write it once.",
    ("clear the gradients, go forward, ask the criterion for the loss and for its gradient, go backward, take a step."),
    "Remember what `train()` and `evaluate()` are for.",
    "Two clouds of 500 points each, around $(2, 2)$ and around $(-2, -2)$.",
    "The targets are one-hot:",
    "a row `[1, 0]` for the one cloud and `[0, 1]` for the other.",
    "Logistic regression is the smallest network there is:",
    "`Linear(2, 2)`, then `SoftMax`, and `ClassNLLCriterion` for the loss.",
    "Train it for 20 epochs with batches of 128, a learning rate of 0.1 and a momentum of 0.9.",
    "The loss should fall towards 0.01.",
    "If it doesn't, something in your modules is wrong, and here is the place to find out, while things are small.",
    "Draw the loss, and where the network draws its line.",
    "`mnist.npz` holds images of handwritten digits:",
    (
        "each row of `X` is one image of 28 x 28 = 784 numbers between 0 (paper) and 1 (ink), and `y` says which digit "
        "it is."
    ),
    "A network that puts out ten probabilities needs ten numbers as its target:",
    "make the labels one-hot.",
    "Then hold some of the digits back for validation, chosen at random (the file may be sorted):",
    "a network is only as good as it is on digits that it was never trained on.",
    (
        "Train the same network with **ReLU**, **ELU**, **LeakyReLU** and **SoftPlus**, and each once more with "
        "**BatchMeanSubtraction** between `Linear` and the activation."
    ),
    "A few epochs will do; get the loss down to about 0.5 or below, on all the digits or at least most of them.",
    "Take down how long each takes.",
    "**one** picture of how all the losses fall.",
    "Name the axes, and make it easy to see which line is which.",
    "The loss jumps about from batch to batch; means over a few batches are easier to look at.",
    "And how long does each activation take by itself, forward and backward?",
    "Which activation would you take, and why?",
    "How do they differ in computation time?",
    "Does subtracting the mean help?",
    "Refer to what you have measured.",
    "Now train a network to be proud of.",
    (
        "It should have * a **validation** part of the digits that it is never trained on, to see how good it really "
        "is; * **Dropout**, switched off (`evaluate()`) whenever you look at how good it is, and on again for training;"
        " * a **learning rate that decays** as the training goes on."
    ),
    "Around 90 % right is easy, 98 % can be done in a few minutes.",
    "Shifting or turning the training images is allowed.",
    "Leave the network in a variable, and print the accuracy on the validation digits at the end.",
    (
        "Draw the learning curves of your model, for training and for validation digits, and print its accuracy on the "
        "validation digits."
    ),
    "Which digits does it get wrong although it is sure?",
    "some of them are hard for anyone.",
    "This part is optional; no points hang on it.",
    "Squeeze every digit through 30 numbers and have it back:",
    (
        "layers of 784, 512, 256, 128, **30**, 128, 256, 512 and 784 neurons, with mean subtraction and ReLU after "
        "every `Linear` but two:"
    ),
    "the 30 numbers in the middle and the image at the end stay as they are.",
    "The target is the image itself, the loss `MSECriterion`.",
    "A recipe to begin with:",
    "9 epochs, batches of 256, a learning rate of 0.1 that is halved every 3 epochs.",
    (
        "If the loss becomes `nan`, the rate is too large (with momentum it has to be smaller); as long as it stays "
        "near 52, the network puts out the mean of all images, and needs more steps."
    ),
    "With patience you can get it down to about 6.",
    "How good is that?",
    "Principal component analysis with 30 components is the best that can be done without curved layers.",
    "Compare the errors, and show ten validation digits beside what each of the two makes of them.",
    "And which 30 numbers say more about what digit it is?",
    "Train a logistic regression on either.",
    (
        "Now PCA with 30 components (`np.linalg.svd` does nearly all of it), the errors of both, and ten validation "
        "digits."
    ),
    "And the logistic regressions on either kind of 30 numbers.",
    "**What comes back.** Say in a few words what you see.",
)
