"""Trust is for one text, on this computer."""

from workbench.settings import Settings, load_settings
from workbench.trust import fingerprint, fingerprints, is_trusted, trust


def test_trust_is_for_exactly_this_text(tmp_path):
    settings = Settings(path=tmp_path / "settings.json")
    trust(settings, "print(1)")
    assert is_trusted(settings, "print(1)")
    assert not is_trusted(settings, "print(1) ")
    settings.save()
    again = load_settings(tmp_path / "settings.json")
    assert is_trusted(again, "print(1)")


def test_a_damaged_list_trusts_nothing_and_old_entries_go(tmp_path):
    settings = Settings(path=tmp_path / "settings.json")
    settings.values["trusted_layers"] = "everything"
    assert not is_trusted(settings, "x")
    for number in range(600):
        trust(settings, str(number))
    assert is_trusted(settings, "599") and not is_trusted(settings, "0")


def test_a_yes_to_one_purpose_is_none_to_the_other(tmp_path):
    settings = Settings(path=tmp_path / "settings.json")
    trust(settings, "a", "program")
    assert is_trusted(settings, "a", "program") and not is_trusted(settings, "a")
    assert fingerprints(settings) == []  # no job may run it
    trust(settings, "b")
    assert not is_trusted(settings, "b", "program")
    assert fingerprints(settings) == [fingerprint("b")]
