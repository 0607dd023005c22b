"""tf.gfile of 1.x and tf.io.gfile of 2.x: files and folders of the machine under TensorFlow's names, with its exceptions."""

import collections
import glob as _glob
import os
import re

from sokuji import _core
from sokuji._src.core import errors
from sokuji._src.core.execute import convert, invalid


def _path(path):
    if isinstance(path, _core.Handle):
        path = path.numpy()
    path = os.fspath(path)
    path = path.decode() if isinstance(path, bytes) else path
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]+)://", path)
    if scheme is None:
        return path
    if scheme[1] == "file":
        return path[len("file://") :]
    raise errors.UnimplementedError(None, None, "File system scheme '%s' not implemented (file: '%s')" % (scheme[1], path))


def _calling(function, path, *arguments):
    try:
        return function(*arguments)
    except OSError as e:
        raise errors.from_os(e, path) from None


FileStatistics = collections.namedtuple("FileStatistics", "length mtime_nsec is_directory")


class GFile:
    """A file, opened when it is first used. Text unless the mode has a b."""

    def __init__(self, name, mode="r", encoding="utf-8"):
        self._name, self._mode, self._file, self._encoding = name, mode, None, encoding
        if mode.replace("b", "") not in ("r", "w", "a", "r+", "w+", "a+"):
            raise invalid("mode is not 'r' or 'w' or 'a' or 'r+' or 'w+' or 'a+'")

    name = property(lambda self: self._name)
    mode = property(lambda self: self._mode)

    def _opened(self):
        if self._file is None:
            path, mode = _path(self._name), self._mode.replace("b", "")
            self._file = _calling(open, path, path, mode[0] + "b" + mode[1:])
        return self._file

    def _reading(self):
        if self._mode[0] != "r" and "+" not in self._mode:
            raise errors.PermissionDeniedError(None, None, "File isn't open for reading")
        return self._opened()

    def _given(self, data):
        return data if "b" in self._mode else data.decode(self._encoding)

    def size(self):
        self.flush() if self._file is not None and self._mode[0] != "r" else None
        return stat(self._name).length

    def write(self, file_content):
        if self._mode[0] == "r" and "+" not in self._mode:
            raise errors.PermissionDeniedError(None, None, "File isn't open for writing")
        data = file_content.numpy() if isinstance(file_content, _core.Handle) else file_content
        _calling(self._opened().write, self._name, data.encode(self._encoding) if isinstance(data, str) else data)

    def read(self, n=-1):
        """The rest, or n characters (bytes in binary mode)."""
        file = self._reading()
        if n is None or n < 0 or "b" in self._mode:
            return self._given(_calling(file.read, self._name, -1 if n is None else n))
        data = b""
        while n > 0:
            head = file.read(1)
            if not head:
                break
            extra = 1 if head[0] >= 0xC0 else 0
            extra += (head[0] >= 0xE0) + (head[0] >= 0xF0)
            data += head + file.read(extra)
            n -= 1
        return self._given(data)

    def readline(self):
        return self._given(_calling(self._reading().readline, self._name))

    def readlines(self):
        return [self._given(line) for line in _calling(self._reading().readlines, self._name)]

    def seek(self, offset=None, whence=0, position=None):
        if position is not None:
            offset = position
        if offset is None:
            raise TypeError("seek(): offset argument required")
        if whence not in (0, 1, 2):
            raise invalid("Invalid whence argument: %s. Valid values are 0, 1, or 2." % whence)
        self._reading().seek(offset, whence)

    def seekable(self):
        return True

    def tell(self):
        return self._opened().tell()

    def flush(self):
        if self._file is not None:
            _calling(self._file.flush, self._name)

    def close(self):
        if self._file is not None:
            file, self._file = self._file, None
            _calling(file.close, self._name)
        elif self._mode[0] in "wa":
            self._opened().close()
            self._file = None

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    next = __next__

    def __enter__(self):
        if self._mode[0] in "wa":
            self._opened()
        return self

    def __exit__(self, *exception):
        self.close()

    def __del__(self):
        if getattr(self, "_file", None) is not None:
            self._file.close()


FastGFile = GFile


# ---- files ----


def exists(path):
    """Whether there is a file or folder."""
    return os.path.exists(_path(path))


def isdir(path):
    """Whether the path is a folder."""
    return os.path.isdir(_path(path))


def stat(path):
    """A file's length, time of change and whether it is a folder."""
    found = _calling(os.stat, path, _path(path))
    return FileStatistics(found.st_size, found.st_mtime_ns, os.path.isdir(_path(path)))


def _refuse_existing(path, overwrite):
    if not overwrite and os.path.exists(_path(path)):
        raise errors.AlreadyExistsError(None, None, "file already exists: %s" % _path(path))


def copy(src, dst, overwrite=False):
    """Copies a file; AlreadyExistsError where there is one and overwrite is false."""
    import shutil

    _refuse_existing(dst, overwrite)
    _calling(shutil.copyfile, src, _path(src), _path(dst))


def rename(src, dst, overwrite=False):
    """Renames a file; AlreadyExistsError where there is one and overwrite is false."""
    _refuse_existing(dst, overwrite)
    _calling(os.replace, src, _path(src), _path(dst))


def remove(path):
    """Deletes a file."""
    _calling(os.remove, path, _path(path))


# ---- folders ----


def listdir(path):
    """The names in a folder."""
    if not isdir(path):
        raise errors.NotFoundError(None, None, "Could not find directory %s" % _path(path))
    return sorted(os.listdir(_path(path)))


def mkdir(path):
    """Makes a folder; one that is there already is no error."""
    if not isdir(path):
        _calling(os.mkdir, path, _path(path))


def makedirs(path):
    """Makes a folder and those above it."""
    if _path(path):
        _calling(lambda: os.makedirs(_path(path), exist_ok=True), path)


def rmtree(path):
    """Deletes a folder and all in it."""
    import shutil

    if not os.path.exists(_path(path)):
        raise errors.NotFoundError(None, None, "%s; No such file or directory" % _path(path))
    _calling(shutil.rmtree if isdir(path) else os.remove, path, _path(path))


def walk(top, topdown=True, onerror=None):
    """(folder, its folders, its files) of a folder and all under it."""
    top = _path(top)
    if not os.path.isdir(top):
        if onerror is not None:
            onerror(errors.NotFoundError(None, None, "Could not find directory %s" % top))
        return
    names = sorted(os.listdir(top))
    folders = [n for n in names if os.path.isdir(os.path.join(top, n))]
    here = (top, folders, [n for n in names if n not in folders])
    if topdown:
        yield here
    for name in folders:
        yield from walk(os.path.join(top, name), topdown, onerror)
    if not topdown:
        yield here


def glob(pattern):
    """Files that match a pattern, or any of several; a star does not match a slash."""
    patterns = [pattern] if isinstance(pattern, (str, bytes, os.PathLike)) else list(pattern)
    found = [path for one in patterns for path in sorted(_glob.glob(_path(one)))]
    return [path if os.path.dirname(path) else os.path.join(".", path) for path in found]


def _glob_1(pattern):
    """1.x's: the folder before the first wildcard must be there."""
    for one in [pattern] if isinstance(pattern, (str, bytes, os.PathLike)) else list(pattern):
        folder = os.path.dirname(re.split(r"[*?\[]", _path(one))[0])
        if folder and not os.path.isdir(folder):
            raise errors.NotFoundError(None, None, "%s; No such file or directory" % folder)
    return glob(pattern)


def join(path, *paths):
    """Parts of a path put together."""
    return os.path.join(_path(path), *(_path(p) for p in paths))


def get_registered_schemes():
    """The schemes of paths: the empty one and file://."""
    return ["", "file"]


NAMES_2 = {"GFile": GFile} | {name: globals()[name] for name in """copy exists get_registered_schemes glob isdir join listdir makedirs mkdir remove rename
rmtree stat walk""".split()}  # fmt: skip
NAMES_1 = {
    "GFile": GFile, "FastGFile": FastGFile, "Open": GFile, "Copy": lambda oldpath, newpath, overwrite=False: copy(oldpath, newpath, overwrite),
    "DeleteRecursively": lambda dirname: rmtree(dirname), "Exists": lambda filename: exists(filename), "Glob": lambda filename: _glob_1(filename),
    "IsDirectory": lambda dirname: isdir(dirname), "ListDirectory": lambda dirname: listdir(dirname), "MakeDirs": lambda dirname: makedirs(dirname),
    "MkDir": lambda dirname: mkdir(dirname), "Remove": lambda filename: remove(filename), "Stat": lambda filename: stat(filename),
    "Rename": lambda oldname, newname, overwrite=False: rename(oldname, newname, overwrite), "Walk": lambda top, in_order=True: walk(top, in_order),
}  # fmt: skip
for _name in NAMES_1:
    _same = {"DeleteRecursively": "rmtree", "IsDirectory": "isdir", "ListDirectory": "listdir"}.get(_name, _name.lower())
    if _same in NAMES_2:
        NAMES_1[_name].__doc__ = NAMES_2[_same].__doc__


# ---- operations on files ----


def read_file(filename, name=None):
    """tf.io.read_file: a file's bytes as a string tensor."""
    with GFile(filename, "rb") as f:
        return convert(f.read(), 7)


def write_file(filename, contents, name=None):
    """tf.io.write_file; makes the folder that is missing."""
    path = _path(filename)
    makedirs(os.path.dirname(path))
    data = contents.numpy() if isinstance(contents, _core.Handle) else contents
    with GFile(path, "wb") as f:
        f.write(data)


def matching_files(pattern, name=None):
    """tf.io.matching_files: the sorted names of files that match."""
    given = pattern.numpy() if isinstance(pattern, _core.Handle) else pattern
    given = [given] if isinstance(given, (str, bytes)) else list(given)
    return convert(sorted(glob([p.decode() if isinstance(p, bytes) else p for p in given])), 7)
