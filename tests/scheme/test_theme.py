"""Themes: what an office's file changes, and every fault of a wrong one at once."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from evalengine.errors import SchemeError, UsageError
from evalengine.reports.workbook import write_workbook
from evalengine.scheme.loading import load_theme
from tests.small import assess_flat


def _written(folder: Path, content: str) -> Path:
    path = folder / "own.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_the_shipped_theme_marks_nothing_secret() -> None:
    theme = load_theme()
    assert (theme.mark.zh, theme.mark.en, theme.attachment) == ("", "", "")


def test_what_a_file_leaves_out_is_as_shipped(tmp_path: Path) -> None:
    theme = load_theme(_written(tmp_path, 'attachment = "2"\n[fonts.zh]\ntitle = "方正小标宋简体"\n'))
    assert (theme.attachment, theme.fonts.zh.title, theme.fonts.zh.body) == ("2", "方正小标宋简体", "宋体")
    assert theme.margins == load_theme().margins
    assert theme.sha256 != load_theme().sha256


def test_every_fault_is_listed(tmp_path: Path) -> None:
    content = (
        'title_points = 90\nfooter = { zh = "第 {seite} 页" }\n'
        '[margins]\nleft = 0\n[fonts.en]\nbody = ""\n[notice]\nopening = { zh = "{" }\n'
    )
    with pytest.raises(SchemeError) as caught:
        load_theme(_written(tmp_path, content))
    found = {(problem.code, problem.field) for problem in caught.value.problems}
    assert found == {
        ("theme_range", "title_points"),
        ("theme_range", "margins.left"),
        ("theme_font", "fonts.en.body"),
        ("theme_placeholder", "footer.zh"),
        ("theme_placeholder", "notice.opening.zh"),
    }
    assert all(problem.remedy("zh") and problem.remedy("en") for problem in caught.value.problems)


def test_unknown_keys_and_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemeError, match="colour"):
        load_theme(_written(tmp_path, 'colour = "red"\n'))
    with pytest.raises(UsageError):
        load_theme("nowhere")


def test_mark_annex_and_footer_reach_the_pages(tmp_path: Path) -> None:
    content = 'attachment = "3"\nmark = { zh = "内部资料 & 注意保存" }\nfooter = { zh = "{page}/{pages}" }\n'
    target = tmp_path / "ranking.xlsx"
    write_workbook(assess_flat({}), target, "zh", load_theme(_written(tmp_path, content)))
    with zipfile.ZipFile(target) as archive:
        first = archive.read("xl/worksheets/sheet1.xml").decode()
        strings = archive.read("xl/sharedStrings.xml").decode()
    assert "内部资料 &amp;&amp; 注意保存" in first
    assert "&amp;P/&amp;N" in first
    assert "附件3-1" in strings
