"""What staff see and press in the admin."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from history.models import Change
from ingestion import services, tasks
from ingestion.models import Article, Revision, Source, SourceKind, SourceState
from tests.ingestion.conftest import NOW, MakeSource, item, rss

PACE = {"poll_floor": "10", "poll_ceiling": "360"}  # minutes


@pytest.fixture
def chief(client: Client, db: None) -> Client:
    """A browser in which a superuser is logged in."""
    client.force_login(User.objects.create_superuser("chief", password="a long pass phrase"))
    return client


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The tasks that were put on a queue."""
    messages: list[tuple[str, int]] = []

    def note(task: object, object_id: int, **_: object) -> None:
        messages.append((task.name.rpartition(".")[2], object_id))  # type: ignore[attr-defined]

    monkeypatch.setattr(tasks, "_send", note)
    return messages


def test_a_source_added_in_the_admin_is_polled_at_once_and_stands_in_history(
    chief: Client,
    folder: Path,
    sent: list[tuple[str, int]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    (folder / "feed.xml").write_text(rss(item("one")))
    fields = {"name": "Ours", "kind": "feed", "url": "feed.xml", "publisher": "P", **PACE}
    with django_capture_on_commit_callbacks(execute=True):
        answer = chief.post(reverse("admin:ingestion_source_add"), fields, follow=True)
    assert answer.status_code == 200
    source = Source.objects.get()
    assert (source.name, source.url, source.poll_floor, source.poll_ceiling) == ("Ours", "feed.xml", 600, 21_600)
    assert sent == [("poll_source", source.pk)]
    change = Change.objects.get(action="source.create")
    assert change.actor is not None
    assert change.actor.get_username() == "chief"


def test_a_source_that_cannot_work_is_not_added_and_the_field_says_why(chief: Client, folder: Path) -> None:
    fields = {"name": "Ours", "kind": "feed", "url": "http://user:pw@example.org/", **PACE}
    answer = chief.post(reverse("admin:ingestion_source_add"), fields)
    assert "contains a user name or password" in answer.content.decode()
    assert not Source.objects.exists()


def test_a_new_address_makes_a_source_due_and_forgets_the_validators(
    chief: Client, folder: Path, make_source: MakeSource
) -> None:
    (folder / "b.xml").write_text(rss())
    source = make_source("a.xml", etag="x", last_modified="y", failures=3, next_poll_at=NOW)
    fields = {"name": source.name, "url": "b.xml", **PACE}
    answer = chief.post(reverse("admin:ingestion_source_change", args=[source.pk]), fields)
    assert answer.status_code == 302
    source.refresh_from_db()
    assert (source.url, source.etag, source.last_modified, source.failures) == ("b.xml", "", "", 0)
    assert source.next_poll_at is None
    assert source.kind == SourceKind.FEED


def test_fetch_now_makes_the_source_due_and_enqueues_a_poll(
    chief: Client,
    make_source: MakeSource,
    sent: list[tuple[str, int]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    source = make_source("feed.xml", state=SourceState.FAILING, failures=10)
    page = chief.get(reverse("admin:ingestion_source_change", args=[source.pk])).content.decode()
    assert reverse("admin:source_fetch_now", args=[source.pk]) in page
    with django_capture_on_commit_callbacks(execute=True):
        answer = chief.post(reverse("admin:source_fetch_now", args=[source.pk]), follow=True)
    assert answer.redirect_chain[-1][0].startswith(
        reverse("admin:ingestion_source_watch", args=[source.pk]) + "?since="
    )
    assert "A worker takes it as soon as one is free." in answer.content.decode()
    assert sent == [("poll_source", source.pk)]
    source.refresh_from_db()
    assert (source.state, source.failures) == (SourceState.ACTIVE, 0)


def test_a_button_is_only_pressed_by_posting(chief: Client, make_source: MakeSource) -> None:
    source = make_source("feed.xml")
    assert chief.get(reverse("admin:source_pause", args=[source.pk])).status_code == 405
    source.refresh_from_db()
    assert source.state == SourceState.ACTIVE


def test_a_paused_source_says_that_it_must_be_resumed_first(chief: Client, make_source: MakeSource) -> None:
    source = make_source("feed.xml")
    chief.post(reverse("admin:source_pause", args=[source.pk]))
    answer = chief.post(reverse("admin:source_fetch_now", args=[source.pk]), follow=True)
    assert "is paused. Resume it first." in answer.content.decode()
    chief.post(reverse("admin:source_resume", args=[source.pk]))
    source.refresh_from_db()
    assert source.state == SourceState.ACTIVE


def test_the_actions_work_on_several_sources(chief: Client, make_source: MakeSource) -> None:
    ids = [make_source(f"{n}.xml").pk for n in range(2)]
    chief.post(reverse("admin:ingestion_source_changelist"), {"action": "pause", "_selected_action": ids})
    assert set(Source.objects.values_list("state", flat=True)) == {SourceState.PAUSED}


def test_a_pasted_text_becomes_an_article_and_the_message_links_to_it(
    chief: Client,
    sent: list[tuple[str, int]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    fields = {"title": "A <b>title</b>", "text": "Spain will send trucks.", "published_on": "2022-02-27"}
    with django_capture_on_commit_callbacks(execute=True):
        answer = chief.post(reverse("admin:ingestion_article_paste"), fields, follow=True)
    article = Article.objects.get()
    page = answer.content.decode()
    assert "Taken as a new article" in page
    assert reverse("admin:ingestion_article_change", args=[article.pk]) in page
    assert "A &lt;b&gt;title&lt;/b&gt;" in page
    assert "<b>title</b>" not in page
    assert sent == [("extract_revisions", [Revision.objects.get().pk])]
    again = chief.post(reverse("admin:ingestion_article_paste"), fields, follow=True)
    assert "These words are known already" in again.content.decode()
    assert Revision.objects.count() == 1


def test_a_text_with_faults_is_not_taken_and_each_field_says_why(chief: Client) -> None:
    fields = {"text": " ", "url": "ftp://x", "published_on": "2999-01-01"}
    page = chief.post(reverse("admin:ingestion_article_paste"), fields).content.decode()
    assert "Nothing was taken" in page
    fields["text"] = "Words"
    page = chief.post(reverse("admin:ingestion_article_paste"), fields).content.decode()
    assert "does not begin with https://" in page
    assert "must lie between 1990 and today" in page
    assert not Article.objects.exists()


def test_an_address_that_is_not_public_is_refused_in_words(chief: Client) -> None:
    answer = chief.post(reverse("admin:ingestion_article_address"), {"url": "http://127.0.0.1/x"})
    assert "is not on the public internet" in answer.content.decode()
    assert not Article.objects.exists()


def test_staff_without_the_right_to_add_articles_cannot_bring_one(client: Client, staff: User) -> None:
    client.force_login(staff)
    for name in ("paste", "address"):
        assert client.get(reverse(f"admin:ingestion_article_{name}")).status_code == 403


@pytest.mark.parametrize("model", ["source", "article", "revision", "fetchattempt"])
def test_every_list_and_page_shows_hostile_titles_escaped_and_without_inline_script(
    chief: Client, staff: User, model: str
) -> None:
    hostile = "<script>alert(1)</script>"
    services.add_text(title=f"x {hostile}", text=f"Words {hostile}", url="https://e.org/a", acting_user=staff, now=NOW)
    page = chief.get(reverse(f"admin:ingestion_{model}_changelist"))
    assert page.status_code == 200
    first = {"source": Source, "article": Article, "revision": Revision}.get(model)
    bodies = [page.content.decode()]
    if first is not None:
        pk = first.objects.get().pk  # type: ignore[attr-defined]
        bodies.append(chief.get(reverse(f"admin:ingestion_{model}_change", args=[pk])).content.decode())
    for body in bodies:
        assert hostile not in body


def test_articles_and_revisions_can_only_be_looked_at(chief: Client, staff: User) -> None:
    services.add_text(title="T", text="Words", acting_user=staff, now=NOW)
    for model in ("article", "revision", "fetchattempt"):
        assert chief.get(reverse(f"admin:ingestion_{model}_add")).status_code == 403
    article = Article.objects.get()
    assert chief.post(reverse("admin:ingestion_article_change", args=[article.pk]), {}).status_code == 403
    assert chief.post(reverse("admin:ingestion_article_delete", args=[article.pk]), {}).status_code == 403


def test_the_list_of_articles_costs_as_many_queries_for_thirty_as_for_two(
    chief: Client, staff: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        services.add_text(title=f"T{number}", text=f"W{number}", acting_user=staff, now=NOW)
    with django_assert_max_num_queries(8):
        chief.get(reverse("admin:ingestion_article_changelist"))
