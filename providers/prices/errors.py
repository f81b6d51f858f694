"""What goes wrong with a file of prices, told so that its author finds the place."""


class PricesError(Exception):
    """A file of prices can't be read or makes no sense; the message names the file and the place in it."""
