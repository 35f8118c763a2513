"""What a file is by its first bytes, for the message about one that was renamed by mistake."""

_KINDS = {
    b"PAR1": "a Parquet file",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"%PDF": "a PDF",
    b"PK\x03\x04": "an Excel workbook or a ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "a gzip archive",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}


def kind_of(data: bytes) -> str:
    """The kind of a file.

    Args:
        data: its contents.

    Returns:
        The kind in words.

    >>> kind_of(b"%PDF-1.7")
    'a PDF'
    """
    kinds = (kind for magic, kind in _KINDS.items() if data.startswith(magic))
    return next(kinds, "a file of another kind or encoding")
