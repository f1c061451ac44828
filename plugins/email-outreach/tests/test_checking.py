"""What a coordinator is told about a text while they write it."""

import html
import re

import pytest
from coalition_email_outreach import subjects, triggers
from coalition_email_outreach.contents import MailingText
from coalition_email_outreach.recipients import Recipient
from sqlalchemy import select

from coalition.sdk import Person, reading, session, transaction
from coalition.testing import make_letter

from .conftest import begin, make_mailing, send
from .desk import FORM, LIST, written

pytestmark = pytest.mark.usefixtures("no_csrf")
TWO = {
    "text_language": ["en", "es"],
    "text_subject": ["News", "Noticias"],
    "text_subject_b": ["", ""],
    "text_body": ["Dear {{given_name|friend}}", "Hola {{given_name}}"],
}


@pytest.fixture
def check(coordinator, coalition):
    """Give a function that returns what is said about a text, as one line of words."""

    def said(language: str = "en", **values: object) -> str:
        page = coordinator.post(f"{LIST}check?lang={language}", data=FORM | values).text
        words = html.unescape(re.sub(r"<[^>]+>", " ", page))
        return re.sub(r"\s+", " ", words)

    return said


class TestProblem:
    def test_names_each_part_and_its_language(self, check):
        said = check(
            **TWO
            | {"text_subject_b": ["", "{{foo}}"], "text_body": ["Dear {{bar}}", "Hola {{baz}}"]}
        )

        assert "Subject B (Spanish): There is no field “foo”" in said
        assert "Text (English): There is no field “bar”" in said
        assert "Text (Spanish): There is no field “baz”" in said

    def test_is_said_in_the_readers_language_whatever_the_text_is_in(self, check):
        said = check(text_language="es", text_body="{{x}}")

        assert "There is no field “x”" in said
        assert "No hay ningún campo “x”" in check("es", text_language="en", text_body="{{x}}")

    def test_is_of_the_text_also_while_other_things_are_half_written(self, check, people):
        people(1)

        said = check(name="", reply_to="ada@", text_body="Dear {{given_name}}")

        assert "Dear Ada0" in said
        assert "Fill this in" not in said

    def test_of_another_field_names_it(self, check):
        assert "Hours: Write a whole number" in check(trigger="signed", delay_hours="soon")

    def test_is_named_when_it_is_stored_and_when_it_is_to_be_sent(self, coordinator, coalition):
        here = written(
            coordinator,
            coalition,
            **TWO | {"text_subject_b": ["", "{{foo}}"]},
        )

        assert "Subject B (Spanish): There is no field “foo”" in coordinator.get(here).text

        written(coordinator, coalition, **TWO | {"text_subject": ["News", ""]})
        empty = written(coordinator, coalition, **TWO | {"text_subject": ["News", ""]})
        answer = coordinator.get(f"{empty}sending")
        assert answer.status_code == 422
        assert "“Subject (Spanish)” is empty." in answer.text
        assert "It cannot be sent as it is:" in answer.text
        assert "Nothing was stored" not in answer.text


class TestExamples:
    def test_show_somebody_who_lacks_a_field_with_what_they_will_read(self, check, people):
        people(1, given_name="", first=0)
        people(3, first=1)

        said = check(text_subject="News", text_body="Dear {{given_name|friend}}")

        assert "Text (English): 1 person has no “given_name” and reads “friend”." in said
        assert "Example · English · has no “given_name” News Dear friend" in said
        assert "Dear Ada" in said

    def test_show_the_place_of_the_field_however_far_down_it_is(self, check, people):
        people(1, given_name="")

        said = check(text_body="The buses. " * 100 + "\n\nYours, {{given_name|neighbour}}")

        assert "… Yours, neighbour" in said

    def test_are_of_those_who_read_each_language(self, check, people):
        people(2, first=0, language="es", given_name="")
        people(3, first=2)

        said = check(**TWO)

        assert "Text (Spanish): 2 people have no “given_name”" in said
        assert "Text (English): " not in said
        assert "· Spanish · has no “given_name” Noticias Hola" in said
        assert "English News Dear Ada" in said


class TestAudience:
    def test_is_counted_while_one_writes_by_language_if_there_are_several(self, check, people):
        people(2, first=0, language="es")
        people(3, first=2, language="fr")

        assert "5 people would get it now." in check()
        assert "5 people would get it now. English: 3, Spanish: 2" in check(**TWO)
        assert "5 people are in this audience now." in check(trigger="closing")

    def test_and_letter_decide_which_fields_are_offered(self, coordinator, coalition):
        letter = make_letter(coalition)

        def offered(**values: object) -> str:
            page = coordinator.post(f"{LIST}check", data=FORM | values).text
            return page.partition('id="fields"')[2]

        assert "{{letter_title}}" not in offered()
        assert "{{letter_title}}" in offered(letter=str(letter.id))
        assert "{{meeting_at}}" in offered(trigger=triggers.MEETING)
        assert "{{letter_url}}" not in offered(trigger=triggers.MEETING)


class TestSecondSubject:
    def test_that_a_language_lacks_is_said(self, check):
        said = check(**TWO | {"text_subject_b": ["Buses", ""], "test_percent": "20"})

        assert "“Subject B (Spanish)” is empty" in said
        assert "no part of the test" in said

    def test_that_nobody_gets_is_said(self, check):
        assert "nobody takes part in the test" in check(text_subject_b="Buses")
        assert "There is no second subject" in check(test_percent="20")

    def test_is_tested_only_with_those_whose_language_has_one(
        self, app, coalition, people, sink, at_any_hour
    ):
        people(20, language="es")
        people(10, first=20)
        mailing = make_mailing(
            coalition, subject="News", subject_b="Buses", test_percent=50, body="x"
        )
        with transaction(coalition.id):
            session.merge(mailing).texts.append(
                MailingText(
                    coalition_id=coalition.id, language="es", subject="Noticias", body="x"
                )
            )
        begin(mailing)

        send()

        got = [str(message["Subject"]) for message in sink.messages()]
        assert got.count("Noticias") == 20  # at once: the test is none of their business
        with reading(coalition.id):
            tried = subjects.responses(session.merge(mailing, load=True))
            of = session.execute(
                select(Person.language, Recipient.subject).join(
                    Recipient, Recipient.person_id == Person.id
                )
            ).all()
        assert {each.subject for each in of if each.language == "es"} == {""}
        assert tried["a"].sent + tried["b"].sent == len(got) - 20
