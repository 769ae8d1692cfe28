"""An error a person can act on: what is wrong, and what to do next."""


class Trouble(Exception):
    """Something the person at the keyboard can put right.

    Args:
        what: one sentence, what is wrong, naming the port, file or setting.
        todo: one sentence, the next step to try.
    """

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(f"{what}\n{todo}")
        self.what = what
        self.todo = todo
