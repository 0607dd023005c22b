"""tf.keras.utils.get_file: downloads once into a cache, whole or not at all, checked against a hash; archives are unpacked within their folder.

What it needs of the standard library is imported when it is called: it takes longer than all of the package.
"""

import os
import sys
import time

BLOCK = 1 << 16


def _hash_name(algorithm, expected):
    if algorithm in ("sha256", "md5"):
        return algorithm
    if algorithm in ("auto", None):
        return "sha256" if expected is None or len(str(expected)) == 64 else "md5"
    raise ValueError("hash_algorithm must be 'auto', 'sha256' or 'md5', not %r" % (algorithm,))


def hash_file(fpath, algorithm="sha256", chunk_size=65535):
    """The hash of a file, as hexadecimal digits."""
    import hashlib

    hasher = hashlib.new(_hash_name(algorithm, None))
    with open(fpath, "rb") as f:
        for chunk in iter(lambda: f.read(chunk_size), b""):
            hasher.update(chunk)
    return hasher.hexdigest()


def validate_file(fpath, file_hash, algorithm="auto", chunk_size=65535):
    return hash_file(fpath, _hash_name(algorithm, file_hash), chunk_size) == str(file_hash).lower()


def _show(done, total, begun):
    """One line that is written over, as Keras's bar."""
    elapsed = time.time() - begun
    if total > 0:
        filled = int(30 * done / total)
        bar = "=" * filled + (">" if filled < 30 else "") + "." * max(29 - filled, 0)
        rest = "%ds" % (elapsed * (total - done) / done) if done and done < total else "%ds" % elapsed
        sys.stdout.write("\r%*d/%d [%s] - %s%s" % (len(str(total)), done, total, bar[:30], "ETA: " if done < total else "", rest))
    else:
        sys.stdout.write("\r%d/Unknown - %ds" % (done, elapsed))
    sys.stdout.flush()


def _download(origin, target):
    """Into a file beside the target, which takes its name when all has come."""
    import urllib.request

    temporary = "%s.part%d" % (target, os.getpid())
    try:
        with urllib.request.urlopen(origin) as response, open(temporary, "wb") as f:
            total, done, begun, shown = int(response.headers.get("Content-Length") or 0), 0, time.time(), 0.0
            for chunk in iter(lambda: response.read(BLOCK), b""):
                f.write(chunk)
                done += len(chunk)
                if time.time() - shown > 0.05 and done < total:
                    shown = time.time()
                    _show(done, total, begun)
            if total and done != total:
                raise OSError("the download broke off after %d of %d bytes" % (done, total))
            f.flush()
            os.fsync(f.fileno())
        _show(done, total, begun)
        sys.stdout.write("\n")
        os.replace(temporary, target)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)


def _fetch(origin, target):
    import urllib.error

    sys.stdout.write("Downloading data from %s\n" % origin)
    try:
        _download(origin, target)
    except urllib.error.HTTPError as e:
        raise Exception("URL fetch failure on %s : %s -- %s. Put the file at %s to go on without the network." % (origin, e.code, e.msg, target)) from None
    except urllib.error.URLError as e:
        raise Exception("URL fetch failure on %s : %s -- %s. Is there a network? Put the file at %s to go on without it."
                        % (origin, getattr(e.reason, "errno", None), e.reason, target)) from None  # fmt: skip


# ---- archives ----


def _inside(folder, name):
    root = os.path.realpath(folder)
    path = os.path.realpath(os.path.join(root, name))
    return path == root or path.startswith(root + os.sep)


def _untar(path, folder):
    import tarfile

    with tarfile.open(path) as archive:
        members = archive.getmembers()
        for member in members:
            linked = os.path.join(os.path.dirname(member.name), member.linkname) if member.issym() else member.linkname
            if not _inside(folder, member.name) or ((member.issym() or member.islnk()) and not _inside(folder, linked)):
                raise ValueError("%s: the member %r leaves the folder it is unpacked into; nothing was unpacked" % (path, member.name))
            if member.isdev():
                raise ValueError("%s: the member %r is a device; nothing was unpacked" % (path, member.name))
        if hasattr(tarfile, "data_filter"):
            archive.extractall(folder, members, filter="data")
        else:
            archive.extractall(folder, members)


def _unzip(path, folder):
    import zipfile

    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not _inside(folder, name):
                raise ValueError("%s: the member %r leaves the folder it is unpacked into; nothing was unpacked" % (path, name))
        archive.extractall(folder)


def _extract(path, folder, archive_format):
    """True when the file was an archive of one of the formats."""
    import tarfile
    import zipfile

    if archive_format is None:
        return False
    formats = ["tar", "zip"] if archive_format == "auto" else [archive_format] if isinstance(archive_format, str) else list(archive_format)
    for one in formats:
        if one not in ("tar", "zip"):
            raise ValueError("archive_format must be 'auto', 'tar', 'zip' or None, not %r" % (one,))
        if one == "tar" and tarfile.is_tarfile(path):
            _untar(path, folder)
            return True
        if one == "zip" and zipfile.is_zipfile(path):
            _unzip(path, folder)
            return True
    return False


def _cache_folder(cache_dir, cache_subdir):
    base = os.path.expanduser(cache_dir) if cache_dir is not None else os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")
    if not os.access(base if os.path.isdir(base) else os.path.dirname(base) or ".", os.W_OK):
        base = os.path.join("/tmp", ".keras")
    folder = os.path.join(base, cache_subdir)
    os.makedirs(folder, exist_ok=True)
    return folder


def get_file(fname=None, origin=None, untar=False, md5_hash=None, file_hash=None, cache_subdir="datasets", hash_algorithm="auto", extract=False,
             archive_format="auto", cache_dir=None, force_download=False):  # fmt: skip
    """The path of a file from the cache, downloaded when it is not there or its hash is another."""
    if origin is None:
        raise ValueError('Please specify the "origin" argument (URL of the file to download).')
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    from urllib.parse import urlparse

    folder = _cache_folder(cache_dir, cache_subdir)
    fname = os.fspath(fname) if fname else os.path.basename(urlparse(origin).path)
    if not fname:
        raise ValueError("Can't parse the file name from the origin provided: '%s'. Please specify the `fname` argument" % origin)
    path = os.path.join(folder, fname)
    stored = path + ".tar.gz" if untar and not fname.endswith((".tar.gz", ".tgz", ".tar")) else path
    if force_download or not os.path.exists(stored) or not _is_right(stored, file_hash, hash_algorithm):
        _fetch(origin, stored)
        if file_hash is not None and not validate_file(stored, file_hash, hash_algorithm):
            found = hash_file(stored, _hash_name(hash_algorithm, file_hash))
            os.remove(stored)
            raise ValueError("Incomplete or corrupted file detected: the %s of %s is %s, not the provided %s."
                             % (_hash_name(hash_algorithm, file_hash), origin, found, file_hash))  # fmt: skip
    if untar:
        if not os.path.exists(path) or path == stored:
            _extract(stored, folder, "tar")
        return path[: -len(".tar.gz")] if path.endswith(".tar.gz") else path
    if extract:
        _extract(stored, folder, archive_format)
    return path


def _is_right(path, file_hash, algorithm):
    if file_hash is None or validate_file(path, file_hash, algorithm):
        return True
    sys.stdout.write("A local file was found, but it seems to be incomplete or outdated because the %s file hash does not match the original value of %s "
                     "so we will re-download the data.\n" % (_hash_name(algorithm, file_hash), file_hash))  # fmt: skip
    return False
