"""The networks that students are asked for: what mathematics says about them, random ones, and how parameters are read."""
