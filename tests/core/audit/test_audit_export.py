from __future__ import annotations

import csv
import json

import pytest

from core.audit.entry import Event
from core.audit.export import MANIFEST, Format, export, harmless, verify_export
from core.audit.query import Filter
from core.errors import InvalidRequest

EVERYTHING = Filter()


def save(lab, folder, format=Format.CSV, filter=EVERYTHING):
    path = folder / f"audit.{format}"
    with path.open("wb") as file:
        manifest = export(lab.audit, filter, format, file)
    path.with_name(path.name + MANIFEST).write_text(manifest.to_json())
    return path, manifest


@pytest.mark.parametrize("format", [*Format])
def test_an_export_holds_its_rows_and_proves_them(full_lab, tmp_path, format):
    path, manifest = save(full_lab, tmp_path, format, Filter(event=Event.OUTCOME))
    assert (manifest.count, manifest.first_seq, manifest.last_seq, manifest.checkpoint_seq) == (5, 2, 10, 10)
    text = path.read_text()
    rows = (
        [json.loads(line) for line in text.splitlines()]
        if format is Format.JSONL
        else [*csv.DictReader(text.splitlines())]
    )
    assert [int(row["seq"]) for row in rows] == [2, 4, 6, 8, 10]
    assert verify_export(full_lab.audit, path) == []
    full_lab.append(4)  # what comes later does not matter
    assert verify_export(full_lab.audit, path) == []


def test_an_empty_export_is_an_export(lab, tmp_path):
    path, manifest = save(lab, tmp_path)
    assert (manifest.count, verify_export(lab.audit, path)) == (0, [])


@pytest.mark.parametrize(
    "change", [lambda text: text.replace("ann", "bob", 1), lambda text: text[:-1], lambda text: text + "\n"]
)
def test_a_changed_file_is_noticed(full_lab, tmp_path, change):
    path, _ = save(full_lab, tmp_path)
    path.write_bytes(change(path.read_bytes().decode()).encode())
    assert "changed" in verify_export(full_lab.audit, path)[0]


@pytest.mark.parametrize(
    ("key", "value"), [("count", 9), ("filter", {"username": "bob"}), ("file_sha256", "0"), ("signature", "00")]
)
def test_a_changed_manifest_is_noticed(full_lab, tmp_path, key, value):
    path, _ = save(full_lab, tmp_path)
    beside = path.with_name(path.name + MANIFEST)
    beside.write_text(json.dumps({**json.loads(beside.read_text()), key: value}))
    assert "manifest" in verify_export(full_lab.audit, path)[0]


@pytest.mark.parametrize("content", [None, "noise", "{}"])
def test_without_a_manifest_there_is_no_verdict(full_lab, tmp_path, content):
    path, _ = save(full_lab, tmp_path)
    beside = path.with_name(path.name + MANIFEST)
    beside.unlink() if content is None else beside.write_text(content)
    with pytest.raises(InvalidRequest):
        verify_export(full_lab.audit, path)


def test_rows_that_have_left_the_log_are_noticed(full_lab, tmp_path):
    path, _ = save(full_lab, tmp_path)
    full_lab.tamper("DELETE FROM audit_log WHERE seq = 5")
    assert "does not hold" in verify_export(full_lab.audit, path)[0]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_taken_for_a_formula(lab, tmp_path, cell):
    lab.append(2, record_id=cell, purpose=cell)
    path, _ = save(lab, tmp_path)
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            assert row["record_id"] == row["purpose"] == f"'{cell}"


def test_text_with_newlines_and_commas_stays_in_its_cell(lab, tmp_path):
    lab.append(2, record_id='C-1\n"x",=1')
    path, _ = save(lab, tmp_path)
    with path.open(newline="") as file:
        assert [row["record_id"] for row in csv.DictReader(file)] == ['C-1\n"x",=1'] * 2


def test_harmless_leaves_other_text_alone():
    assert [harmless(text) for text in ("C-1", "", "a=b")] == ["C-1", "", "a=b"]
