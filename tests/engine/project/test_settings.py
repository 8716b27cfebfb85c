"""Settings: damaged, old, foreign and unwritable files never stop the start."""

import json
import logging

import pytest

from workbench.settings import MOST_RECENT, Settings, load_settings, settings_folder


def test_settings_come_back(own_home):
    settings = load_settings()
    assert settings == Settings()
    settings.theme = "dark"
    settings.layout["window"] = "AAEC"
    settings.values["train.smoothing"] = 0.6
    settings.remember_project("/a")
    assert settings.save()
    assert load_settings() == settings
    assert settings.path == settings_folder() / "settings.json"
    assert settings.path.is_relative_to(own_home)
    assert [p.name for p in settings.path.parent.iterdir()] == ["settings.json"]


def test_recent_projects_are_unique_latest_first_and_few():
    settings = Settings()
    for number in range(20):
        settings.remember_project(f"/p{number}")
    settings.remember_project("/p15")
    assert settings.recent[:3] == ["/p15", "/p19", "/p18"]
    assert len(settings.recent) == MOST_RECENT
    settings.forget_project("/p19")
    assert settings.recent[:2] == ["/p15", "/p18"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"5", b"[" * 50_000])
def test_a_damaged_file_means_defaults_a_warning_and_a_copy(content, caplog):
    path = settings_folder() / "settings.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        settings = load_settings()
    assert settings == Settings()
    assert "settings file" in caplog.text
    assert path.with_name("settings.json.damaged").read_bytes() == content
    assert settings.save()


def test_a_bad_value_costs_that_value_only(caplog):
    path = settings_folder() / "settings.json"
    path.parent.mkdir(parents=True)
    path.write_text(
        json.dumps(
            {"version": 1, "theme": "pink", "recent": ["/a", 5], "backend": "jax",
             "layout": {"a": 1}, "values": {"x": 2}, "hat": True}
        )
    )  # fmt: skip
    with caplog.at_level(logging.WARNING):
        settings = load_settings()
    assert (settings.theme, settings.recent, settings.layout) == ("system", [], {})
    assert (settings.backend, settings.values) == ("jax", {"x": 2})
    for name in ("theme", "recent", "layout", "hat"):
        assert name in caplog.text


def test_old_settings_are_migrated_and_newer_ones_read_as_far_as_understood():
    path = settings_folder() / "settings.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"recent_projects": ["/a"], "theme": "light"}))
    assert load_settings().recent == ["/a"]
    path.write_text(json.dumps({"version": 99, "theme": "dark", "new": 1}))
    assert load_settings().theme == "dark"


def test_settings_that_cannot_be_written_are_no_reason_to_stop(tmp_path, caplog):
    blocker = tmp_path / "file"
    blocker.write_text("x")
    with caplog.at_level(logging.WARNING):
        assert not Settings(path=blocker / "settings.json").save()
    assert "not saved" in caplog.text
