"""tf.flags and tf.app.run: flags of the command line, as programs of 1.x define them (after absl's)."""

import os
import sys


class Error(Exception):
    """The base of all flag errors."""


class DuplicateFlagError(Error):
    """A flag is defined twice."""


class IllegalFlagValueError(Error):
    """A flag's value does not fit."""


class UnrecognizedFlagError(Error):
    """A flag that was not defined is given."""

    def __init__(self, flagname, flagvalue=""):
        self.flagname, self.flagvalue = flagname, flagvalue
        super().__init__("Unknown command line flag '%s'" % flagname)


class UnparsedFlagAccessError(Error):
    """A flag is read before the command line was parsed."""


class ValidationError(Error):
    """A flag's validator refuses its value."""


CantOpenFlagFileError = type("CantOpenFlagFileError", (Error,), {"__doc__": "A flag file cannot be read."})


# ---- kinds of flags ----


def _integer(text):
    return int(text, 0) if isinstance(text, str) else text


def _boolean(text):
    if isinstance(text, bool):
        return text
    if isinstance(text, str) and text.lower() in ("true", "t", "1"):
        return True
    if isinstance(text, str) and text.lower() in ("false", "f", "0"):
        return False
    if isinstance(text, (int, float)) and text in (0, 1):
        return bool(text)
    raise ValueError("Non-boolean argument to boolean flag: %r" % (text,))


def _list(text):
    return list(text) if not isinstance(text, str) else [part.strip() for part in text.split(",")] if text else []


def _spaces(text):
    return text.split() if isinstance(text, str) else list(text)


class Flag:
    """One flag: how its text is read, and what it is now."""

    def __init__(self, name, default, help_string, parse, short_name=None, boolean=False, multiple=False):
        self.name, self.help, self.short_name, self.boolean, self.multiple = name, help_string or "", short_name, boolean, multiple
        self._parse = parse
        self.present = 0
        self.default = self.value = None if default is None else self._read(default)

    def _read(self, given):
        if self.multiple:
            given = [given] if isinstance(given, str) or not hasattr(given, "__iter__") else list(given)
            return [self._one(v) for v in given]
        return self._one(given)

    def _one(self, given):
        try:
            return self._parse(given)
        except (ValueError, TypeError) as e:
            raise IllegalFlagValueError("flag --%s=%s: %s" % (self.name, given, e)) from None

    def parse(self, text):
        value = self._one(text)
        self.value = (self.value if self.present else []) + [value] if self.multiple else value
        self.present += 1

    def unparse(self):
        self.value, self.present = self.default, 0


class FlagValues:
    """tf.flags.FLAGS: the flags' values as attributes, read from the command line when they are first asked for."""

    def __init__(self):
        self.__dict__.update(_flags={}, _parsed=False, _validators=[], _rest=[])

    def _add(self, flag):
        if flag.name in self._flags:
            raise DuplicateFlagError("The flag '%s' is defined twice" % flag.name)
        self._flags[flag.name] = flag
        if flag.short_name:
            self._flags[flag.short_name] = flag

    def __call__(self, argv, known_only=False):
        """Reads the arguments; returns what is left, the program's name first."""
        argv = list(argv)
        if not argv:
            raise ValueError("argv cannot be an empty list, and must contain the program name as the first element.")
        rest, position = argv[:1], 1
        while position < len(argv):
            argument = argv[position]
            position += 1
            if argument == "--":
                rest += argv[position:]
                break
            if not argument.startswith("-") or argument == "-" or (argument[1:2].isdigit() and argument[1:] not in self._flags):
                rest.append(argument)
                continue
            position = self._take(argument, argv, position, rest, known_only)
        self.__dict__["_parsed"] = True
        for name, function, message in self._validators:
            self._validate(name, function, message)
        return rest

    def _take(self, argument, argv, position, rest, known_only):
        name, equals, value = argument.lstrip("-").partition("=")
        flag = self._flags.get(name) or self._flags.get(name.replace("-", "_"))
        if flag is None and name.startswith("no") and not equals:
            negated = self._flags.get(name[2:])
            if negated is not None and negated.boolean:
                negated.parse(False)
                return position
        if flag is None:
            if not known_only:
                raise UnrecognizedFlagError(name)
            rest.append(argument)
            return position
        if not equals:
            if flag.boolean:
                value = True
            elif position < len(argv):
                value, position = argv[position], position + 1
            else:
                raise Error("Missing value for flag %s" % argument)
        flag.parse(value)
        return position

    def _validate(self, name, function, message):
        if not function(self._flags[name].value):
            raise IllegalFlagValueError("flag --%s=%s: %s" % (name, self._flags[name].value, message))

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._flags:
            raise AttributeError("Unknown command line flag '%s'" % name)
        if not self._parsed:
            self(sys.argv, known_only=True)
        return self._flags[name].value

    def __setattr__(self, name, value):
        if name not in self._flags:
            raise AttributeError("Unknown command line flag '%s'" % name)
        self._flags[name].value = value
        self._flags[name].present += 1

    def __delattr__(self, name):
        flag = self._flags.pop(name, None)
        if flag is None:
            raise AttributeError(name)

    def __getitem__(self, name):
        return self._flags[name]

    def __contains__(self, name):
        return name in self._flags

    def __iter__(self):
        return iter(self._names())

    def __len__(self):
        return len(self._flags)

    def __dir__(self):
        return sorted(self._flags)

    def _names(self):
        return sorted({flag.name for flag in self._flags.values()})

    def flag_values_dict(self):
        return {name: self._flags[name].value for name in self._names()}

    def is_parsed(self):
        return self._parsed

    def mark_as_parsed(self):
        self.__dict__["_parsed"] = True

    def unparse_flags(self):
        for flag in self._flags.values():
            flag.unparse()
        self.__dict__["_parsed"] = False

    def set_default(self, name, value):
        flag = self._flags[name]
        flag.default = None if value is None else flag._read(value)
        if not flag.present:
            flag.value = flag.default

    def remove_flag_values(self, names):
        for name in list(names):
            self._flags.pop(name, None)

    def get_help(self):
        lines = []
        for name in self._names():
            flag = self._flags[name]
            lines.append("  --%s%s: %s" % ("[no]" if flag.boolean else "", name, flag.help))
            if flag.default is not None:
                lines.append("    (default: '%s')" % (str(flag.default).lower() if flag.boolean else flag.default))
        return "\n".join(lines)

    main_module_help = get_help


FLAGS = FlagValues()


def _define(kind, boolean=False, multiple=False):
    def define(name, default, help="", flag_values=None, short_name=None, required=False, **keywords):
        values = FLAGS if flag_values is None else flag_values
        values._add(Flag(name, default, keywords.pop("docstring", help), kind, short_name, boolean, multiple))
        if required:
            mark_flag_as_required(name, values)

    return define


def _legacy(define):
    """1.x takes the names flag_name, default_value and docstring too."""

    def with_old_names(*arguments, **keywords):
        """Defines a flag: its name, default value and help text."""
        for old, new in (("flag_name", "name"), ("default_value", "default"), ("docstring", "help")):
            if old in keywords:
                keywords[new] = keywords.pop(old)
        return define(*arguments, **keywords)

    return with_old_names


DEFINE_string = _legacy(_define(str))
DEFINE_integer = _legacy(_define(_integer))
DEFINE_float = _legacy(_define(float))
DEFINE_boolean = DEFINE_bool = _legacy(_define(_boolean, boolean=True))
DEFINE_list = _legacy(_define(_list))
DEFINE_spaceseplist = _legacy(_define(_spaces))
DEFINE_multi_string = _legacy(_define(str, multiple=True))
DEFINE_multi_integer = _legacy(_define(_integer, multiple=True))
DEFINE_multi_float = _legacy(_define(float, multiple=True))


def DEFINE_enum(name, default, enum_values, help="", flag_values=None, short_name=None, **keywords):
    """Defines a flag that is one of several strings."""
    def parse(value):
        if value not in enum_values:
            raise ValueError("value should be one of <%s>" % "|".join(enum_values))
        return value

    _define(parse)(name, default, help, flag_values, short_name, **keywords)


def register_validator(flag_name, checker, message="Flag validation failed", flag_values=None):
    """checker(value) must be true whenever the flag is set."""
    values = FLAGS if flag_values is None else flag_values
    values._validators.append((flag_name, checker, message))


def validator(flag_name, message="Flag validation failed", flag_values=None):
    """A decorator: the function is the flag's validator."""
    def decorate(function):
        register_validator(flag_name, function, message, flag_values)
        return function

    return decorate


def mark_flag_as_required(flag_name, flag_values=None):
    """The program ends with a message when the flag is not given."""
    register_validator(flag_name, lambda value: value is not None, "Flag --%s must have a value other than None." % flag_name, flag_values)


def mark_flags_as_required(flag_names, flag_values=None):
    """The program ends with a message when one of the flags is not given."""
    for name in flag_names:
        mark_flag_as_required(name, flag_values)


def _usage():
    main = sys.modules["__main__"]
    sys.stdout.write("%s\n\nflags:\n\n%s:\n%s\n" % (main.__doc__ or "USAGE: %s [flags]" % sys.argv[0], os.path.basename(sys.argv[0]), FLAGS.get_help()))


def run(main=None, argv=None):
    """Reads the flags, calls main with what is left of the command line, and ends the program."""
    argv = list(sys.argv if argv is None else argv)
    if any(a in ("-h", "--help", "--helpfull", "--helpshort") for a in argv[1:]) and "help" not in FLAGS:
        _usage()
        sys.exit(1)
    try:
        rest = FLAGS(argv, known_only=True)
    except Error as e:
        sys.stderr.write("FATAL Flags parsing error:\n  %s\nPass --helpshort or --helpfull to see help on flags.\n" % e)
        sys.exit(1)
    main = main or sys.modules["__main__"].main
    sys.exit(main(rest))


NAMES = {name: value for name, value in list(globals().items()) if name.startswith("DEFINE_")}
NAMES.update({name: globals()[name] for name in """FLAGS Flag FlagValues Error DuplicateFlagError IllegalFlagValueError UnrecognizedFlagError
UnparsedFlagAccessError ValidationError CantOpenFlagFileError register_validator validator mark_flag_as_required mark_flags_as_required""".split()})  # fmt: skip
