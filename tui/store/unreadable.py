"""Why a file of a library cannot be read: the faults, each with the sentence that is shown."""

from enum import Enum


class Fault(Enum):
    """A fault of a file. Its value is a sentence with names of details in braces.

    `{file}` is never the first word, so that “the file” fits there as well as a path.
    """

    NOT_ORDINARY = "A folder, pipe or device is in the place of {file}."
    EMPTY = "There is nothing in {file}."
    NOT_UTF8 = "The text in {file} is not UTF-8."
    NOT_JSON = "The JSON in {file} is cut off or broken ({error})."
    TOO_DEEP = "The JSON in {file} is nested too deeply."
    NO_TABLES = "The JSON in {file} is of another kind than Redraft writes."
    NO_HEADER = "The first line of {file}, which names the schema, is missing."
    WRONG_CHECKSUM = "The text in {file} does not fit its checksum."
    WRONG_APPENDED_CHECKSUM = "A save that was appended to {file} does not fit its checksum."
    BAD_APPENDED_FORM = "A save that was appended to {file} has another form than Redraft writes."
    APPENDED_CUT_OFF = "The saves that were appended to {file} are cut off."
    TOO_LONG = "The text in {file} is too long for a prompt."
    BAD_ESCAPE = "A text in {file} has a broken escape."

    NO_SUCH_SCHEMA = "The first line of {file} names schema {schema}, which never was."
    MIGRATION_FAILED = "The step “{step}”, which migrates {file} from schema {schema}, failed."

    FIELD_MISSING = "“{name}” is missing in {file}; it has to be {wanted}."
    FIELD_TYPE = "“{name}” in {file} is of type {type}, which is not {wanted}."
    FIELD_VALUE = "“{name}” in {file} is {value}, which is not {wanted}."
    NOT_ONE_CONTENT = "The table “content” in {file} does not have exactly one row."
    TURNS_WITHOUT_BRANCH = "Some turns in {file} are of branch {branch}, which is missing."

    BRANCH_TWICE = "Two branches in {file} have one id."
    NO_MAIN_BRANCH = "The main branch {branch} of {file} is missing."
    VERSION_NUMBERS = "The versions in {file} are not numbered from 1 on."
    NO_VERSION_BEFORE = "The text of v{version} in {file} follows v{before}, which is missing."
    NO_STAMPED_VERSION = "An approval or publication in {file} is of v{version}, which is missing."
    NO_BASE_VERSION = "Branch “{branch}” in {file} begins with v{version}, which is missing."
    FORKED_BEFORE_START = "Branch “{branch}” in {file} begins after turn {turn}, which is missing."
    NO_VERSION_OF_TURN = "A turn of “{branch}” in {file} is about v{version}, which is missing."
    NO_PARENT = "Branch “{branch}” in {file} comes from a branch that is missing."
    OWN_ANCESTOR = "Branch “{branch}” in {file} is its own ancestor."

    BAD_ID = "The id “{id}” in {file} is not one that Redraft gives."
    CHANGED_TEXT = "The text of v{version} in {file} does not fit its SHA-256."


class Unreadable(Exception):
    """A file without usable data: its fault, and the details that the fault's sentence names."""

    def __init__(self, fault: Fault, **details: object) -> None:
        super().__init__(fault, details)
        self.fault = fault
        self._details = details

    def about(self, file: object) -> str:
        """Return the fault as a sentence; `file` is what the file is called in it."""
        return self.fault.value.format(file=file, **self._details)
