"""Tests of the directory's pages."""

import struct
from io import BytesIO

import pytest
from sqlalchemy import select

from coalition import db
from coalition.coalitions.models import CoalitionMembership, MembershipState
from coalition.letters.events import SignatureChanged
from coalition.letters.signatures import Signature, SignatureState
from coalition.organizations.models import Membership, Organization, organization_by_name
from coalition.testing import (
    make_letter,
    make_organization,
    make_person,
    make_signature,
)

ORGANIZATIONS = "/manage/night-buses/organizations/"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    + struct.pack(">IIBBBBB", 64, 32, 8, 6, 0, 0, 0)
    + b"\x00" * 20
    + b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


def page_of(organization):
    return f"{ORGANIZATIONS}{organization.id}"


def directory():
    with db.reading():
        return sorted(db.session.scalars(select(Organization.name)))


def facts(organization_id):
    with db.reading():
        found = db.session.get(Organization, organization_id)
        return {
            "name": found.name,
            "domains": found.domains,
            "aliases": [alias.name for alias in found.aliases],
            "parent": found.parent.name if found.parent else None,
            "logo_media_type": found.logo_media_type,
            "logo_permitted": found.logo_permitted,
        }


def used_by(coalition, organization):
    with db.transaction(coalition.id) as session:
        session.add(CoalitionMembership(organization_id=organization.id))


class TestIndex:
    def test_finds_by_name_and_by_other_names(self, coordinator):
        make_organization("The Bus Riders Union")
        nlg = make_organization("National Lawyers Guild")
        with db.transaction() as session:
            session.get(Organization, nlg.id).add_alias("NLG")

        by_name = coordinator.get(ORGANIZATIONS, query_string={"q": "BUS riders"}).text
        by_alias = coordinator.get(ORGANIZATIONS, query_string={"q": "nlg"}).text

        assert "The Bus Riders Union" in by_name
        assert "National Lawyers Guild" not in by_name
        assert "National Lawyers Guild" in by_alias

    def test_leaves_only_the_coalitions_own_members(self, coordinator, coalition, trams):
        own = make_organization("Own Member")
        others = make_organization("Tram Member")
        used_by(coalition, own)
        used_by(trams, others)

        page = coordinator.get(ORGANIZATIONS, query_string={"members": "1"}).text

        assert "Own Member" in page
        assert "Tram Member" not in page

    def test_ignores_the_in_the_order_and_leads_on(self, coordinator):
        with db.transaction() as session:
            session.add_all(Organization.named(f"Group {n:03}") for n in range(50))
            session.add(Organization.named("The Aardvarks"))
            session.add(Organization.named("Zebras"))

        first = coordinator.get(ORGANIZATIONS).text
        address = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
        second = coordinator.get(address.replace("&amp;", "&")).text

        assert first.index("The Aardvarks") < first.index("Group 000")
        assert "Zebras" not in first
        assert "Zebras" in second
        assert "Group 010" not in second


class TestAdd:
    def test_stores_public_facts(self, coordinator):
        make_organization("National Lawyers Guild")

        answer = coordinator.post(
            ORGANIZATIONS + "new",
            data={
                "name": "Lawyers for Buses",
                "website": "buses.example.org",
                "domains": "@Buses.example.org, www.lawbus.example",
                "parent": "national lawyers guild",
                "is_another": "yes",
            },
        )

        assert answer.status_code == 303
        with db.reading():
            made = organization_by_name("Lawyers for Buses")
            assert made.website == "https://buses.example.org"
            assert made.domains == ["buses.example.org", "lawbus.example"]
            assert made.parent.name == "National Lawyers Guild"

    @pytest.mark.parametrize("name", ["ACLU", "American Civil Liberties Unoin", "The A.C.L.U."])
    def test_offers_a_known_one_before_it_makes_a_second(self, coordinator, name):
        make_organization("American Civil Liberties Union")

        answer = coordinator.post(ORGANIZATIONS + "new", data={"name": name})

        assert answer.status_code == 422
        assert "Is it one of these?" in answer.text
        assert "American Civil Liberties Union" in answer.text
        assert directory() == ["American Civil Liberties Union"]

    def test_makes_a_second_one_when_told_to(self, coordinator):
        make_organization("Free Press")

        coordinator.post(
            ORGANIZATIONS + "new", data={"name": "Free Press Unlimited", "is_another": "yes"}
        )

        assert directory() == ["Free Press", "Free Press Unlimited"]

    def test_warns_of_letters_that_look_like_others(self, coordinator):
        make_organization("ACLU")

        answer = coordinator.post(ORGANIZATIONS + "new", data={"name": "АCLU"})

        assert answer.status_code == 422
        assert "letters of another alphabet" in answer.text
        assert directory() == ["ACLU"]

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ({"name": ""}, "Fill this in."),
            ({"name": "***"}, "letters or digits"),
            ({"name": "x" * 201}, "At most 200 characters"),
            ({"name": "Bus\u202eriders"}, "direction of writing"),
            ({"name": "Bus\x07"}, "control characters"),
            ({"name": "Bus", "website": "javascript:alert(1)"}, "no web address"),
            ({"name": "Bus", "website": "https://user:pw@example.org"}, "no web address"),
            ({"name": "Bus", "website": "https://" + "a" * 600 + ".org"}, "At most 500"),
            (
                {"name": "Bus", "domains": "gmail.com"},
                "Anybody can get an address at gmail.com",
            ),
            ({"name": "Bus", "domains": "co.uk"}, "Anybody can get an address at co.uk"),
            ({"name": "Bus", "domains": "no domain!"}, "is no mail domain"),
            (
                {"name": "Bus", "domains": " ".join(f"d{n}.org" for n in range(11))},
                "At most 10",
            ),
            ({"name": "Bus", "parent": "Nobody Here"}, "no single organization called"),
        ],
    )
    def test_refuses_with_the_reason_and_stores_nothing(self, coordinator, written, said):
        answer = coordinator.post(ORGANIZATIONS + "new", data=written)

        assert answer.status_code == 422
        assert said in answer.text
        assert directory() == []

    def test_is_not_for_viewers(self, viewer):
        assert viewer.post(ORGANIZATIONS + "new", data={"name": "Bus"}).status_code == 403
        assert directory() == []


class TestShow:
    def test_lists_only_this_coalitions_people(self, coordinator, coalition, trams):
        union = make_organization("Bus Riders Union")
        for here, email, name in (
            (coalition, "ada@example.org", "Adalovelia"),
            (trams, "tim@example.net", "Timotheus"),
        ):
            person = make_person(here, email, name)
            with db.transaction(here.id) as session:
                session.add(Membership(person_id=person.id, organization_id=union.id))

        page = coordinator.get(page_of(union)).text

        assert "Adalovelia" in page
        assert "Timotheus" not in page
        assert "Tram Friends" not in page

    def test_answers_404_for_an_unknown_one(self, coordinator, coalition):
        assert coordinator.get(f"{ORGANIZATIONS}{coalition.id}").status_code == 404


class TestChange:
    def test_is_allowed_while_nobody_else_uses_it(self, coordinator, coalition):
        union = make_organization("Bus Riders Union")
        used_by(coalition, union)

        answer = coordinator.post(page_of(union) + "/edit", data={"name": "Bus Riders United"})

        assert answer.status_code == 303
        assert facts(union.id)["name"] == "Bus Riders United"
        assert facts(union.id)["aliases"] == ["Bus Riders Union"]

    @pytest.mark.parametrize(
        ("path", "data"),
        [
            ("/edit", {"name": "Mine Now", "domains": "evil.example"}),
            ("/aliases", {"alias": "Mine Too"}),
            ("/logo", {"logo_permitted": "yes"}),
            ("/logo/removal", {}),
            ("/merge", {"into": "Other", "agreed": "yes"}),
        ],
    )
    def test_is_refused_where_another_coalition_uses_it(
        self, coordinator, coalition, trams, path, data
    ):
        union = make_organization("Bus Riders Union")
        make_organization("Other")
        used_by(coalition, union)
        used_by(trams, union)
        union_id, before = union.id, facts(union.id)

        answer = coordinator.post(page_of(union) + path, data=data)

        assert answer.status_code == 403
        assert "only an administrator" in answer.text
        assert "Tram Friends" not in answer.text
        assert facts(union_id) == before

    def test_is_allowed_to_administrators_everywhere(self, administrator, coalition, trams):
        union = make_organization("Bus Riders Union")
        used_by(trams, union)

        administrator.post(
            page_of(union) + "/edit",
            data={"name": "Bus Riders Union", "domains": "busriders.example"},
        )

        assert facts(union.id)["domains"] == ["busriders.example"]

    def test_keeps_the_name_under_delivered_letters(self, coordinator, coalition):
        union = make_organization("Bus Riders Union")
        open_letter = make_letter(coalition)
        delivered = make_letter(coalition, "delivered")
        for letter in (open_letter, delivered):
            make_signature(letter, "Bus Riders Union", kind="organization", organization=union)
        with db.transaction(coalition.id) as session:
            letter = session.merge(delivered)
            letter.close()
            letter.deliver(note="by hand")

        coordinator.post(page_of(union) + "/edit", data={"name": "Aardvark Riders"})

        with db.reading(coalition.id):
            listed = {
                each.letter.slug: (each.listed_name, each.sort_key)
                for each in db.session.scalars(select(Signature))
            }
        assert listed["keep-the-night-buses"][0] == "Aardvark Riders"
        assert listed["keep-the-night-buses"][1] < listed["delivered"][1]
        assert listed["delivered"][0] == "Bus Riders Union"

    def test_tells_of_signatures_when_the_parent_changes(
        self, coordinator, coalition, recorded
    ):
        union = make_organization("Bus Riders Union")
        make_organization("Riders of the World")
        make_signature(make_letter(coalition), "Union", kind="organization", organization=union)

        coordinator.post(
            page_of(union) + "/edit",
            data={"name": "Bus Riders Union", "parent": "Riders of the World"},
        )

        assert facts(union.id)["parent"] == "Riders of the World"
        assert any(isinstance(fact, SignatureChanged) for fact in recorded())

    def test_refuses_a_circle(self, coordinator):
        union = make_organization("Bus Riders Union")
        chapter = make_organization("Bus Riders Union Burbank")
        with db.transaction() as session:
            session.get(Organization, chapter.id).parent_id = union.id
        union_id = union.id

        answer = coordinator.post(
            page_of(union) + "/edit",
            data={"name": "Bus Riders Union", "parent": "Bus Riders Union Burbank"},
        )

        assert answer.status_code == 422
        assert "cannot be above it" in answer.text
        assert facts(union_id)["parent"] is None


class TestAliases:
    def test_are_added_and_removed(self, coordinator):
        union = make_organization("Bus Riders Union")

        coordinator.post(page_of(union) + "/aliases", data={"alias": "BRU"})
        with db.reading():
            assert organization_by_name("bru").id == union.id
            alias_id = organization_by_name("bru").aliases[0].id

        coordinator.post(f"{page_of(union)}/aliases/{alias_id}/removal")
        assert facts(union.id)["aliases"] == []

    def test_are_not_spelled_with_letters_that_only_look_latin(self, coordinator):
        union = make_organization("Bus Riders Union")

        answer = coordinator.post(
            page_of(union) + "/aliases",
            data={"alias": "ВRU"},
        )

        assert answer.status_code == 422
        assert "only look like Latin ones: В" in answer.text
        assert facts(union.id)["aliases"] == []


class TestLogo:
    def send(self, browser, organization, picture, **data):
        return browser.post(
            page_of(organization) + "/logo",
            data={"logo": (BytesIO(picture), "logo.png"), **data},
        )

    def test_is_public_only_with_permission(self, coordinator, app):
        union = make_organization("Bus Riders Union")
        public = app.test_client()

        self.send(coordinator, union, PNG)
        hidden = public.get(f"/organizations/{union.id}/logo")
        self.send(coordinator, union, b"", logo_permitted="yes")
        shown = public.get(f"/organizations/{union.id}/logo")

        assert hidden.status_code == 404
        assert shown.status_code == 200
        assert shown.data == PNG
        assert shown.content_type == "image/png"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in shown.headers

    @pytest.mark.parametrize(
        ("picture", "said"),
        [
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither a PNG nor a JPEG"),
            (b"GIF89a" + b"\x00" * 100, "neither a PNG nor a JPEG"),
            (PNG + b"\x00" * 205_000, "larger than 200 kB"),
            (PNG[:20], "damaged"),
            (PNG.replace(struct.pack(">I", 64), struct.pack(">I", 5000)), "16 to 2000 pixels"),
        ],
    )
    def test_is_refused_with_the_reason(self, coordinator, picture, said):
        union = make_organization("Bus Riders Union")
        union_id = union.id

        answer = self.send(coordinator, union, picture, logo_permitted="yes")

        assert answer.status_code == 422
        assert said in answer.text
        assert facts(union_id)["logo_media_type"] is None
        assert not facts(union_id)["logo_permitted"]


class TestMerge:
    @pytest.fixture
    def two(self, coalition):
        return make_organization("BRU"), make_organization("Bus Riders Union")

    def merge(self, browser, gone, into="Bus Riders Union"):
        return browser.post(page_of(gone) + "/merge", data={"into": into, "agreed": "yes"})

    def test_moves_everything(self, coordinator, coalition, two, recorded):
        gone, kept = two
        chapter = make_organization("BRU Burbank")
        ada = make_person(coalition, "ada@example.org", "Ada")
        letter = make_letter(coalition)
        signature = make_signature(letter, "BRU", kind="organization", organization=gone)
        with db.transaction(coalition.id) as session:
            loser = session.get(Organization, gone.id)
            loser.add_alias("Bus Riders of LA")
            loser.domains = ["bru.example"]
            session.get(Organization, chapter.id).parent_id = gone.id
            session.add(Membership(person_id=ada.id, organization_id=gone.id, title="Chair"))
            session.add(
                CoalitionMembership(organization_id=gone.id, state=MembershipState.ACTIVE)
            )

        answer = self.merge(coordinator, gone)

        assert answer.status_code == 303
        assert directory() == ["BRU Burbank", "Bus Riders Union"]
        assert facts(kept.id)["aliases"] == ["BRU", "Bus Riders of LA"]
        assert facts(kept.id)["domains"] == ["bru.example"]
        assert facts(chapter.id)["parent"] == "Bus Riders Union"
        with db.reading(coalition.id):
            moved = db.session.get(Signature, signature.id)
            assert moved.organization_id == kept.id
            assert moved.listed_name == "Bus Riders Union"
            assert moved.sort_key == kept.sort_key
            for each in (Membership, CoalitionMembership):
                assert db.session.scalars(select(each.organization_id)).all() == [kept.id]
        assert any(isinstance(fact, SignatureChanged) for fact in recorded())

    @pytest.mark.parametrize(
        ("known", "other", "then"),
        [
            (("Oakland", None), ("Reno", "NV"), ("Oakland", None)),
            ((None, "CA"), ("Reno", "NV"), (None, "CA")),
            ((None, None), ("Reno", "NV"), ("Reno", "NV")),
        ],
    )
    def test_makes_no_place_of_parts_of_two(self, coordinator, known, other, then):
        gone = make_organization("BRU", city=other[0], region=other[1])
        kept = make_organization("Bus Riders Union", city=known[0], region=known[1])

        self.merge(coordinator, gone)

        with db.reading():
            stands = db.session.get(Organization, kept.id)
            assert (stands.city, stands.region) == then

    def test_counts_two_signatures_under_one_letter_once(self, coordinator, coalition, two):
        gone, kept = two
        letter = make_letter(coalition)
        for organization in two:
            make_signature(
                letter, organization.name, kind="organization", organization=organization
            )

        self.merge(coordinator, gone)

        with db.reading(coalition.id):
            states = sorted(each.state for each in db.session.scalars(select(Signature)))
            assert states == [SignatureState.APPROVED, SignatureState.REJECTED]
            assert {each.organization_id for each in db.session.scalars(select(Signature))} == {
                kept.id
            }

    def test_leaves_delivered_letters_alone(self, coordinator, coalition, two):
        gone, _ = two
        gone_id = gone.id
        letter = make_letter(coalition)
        for organization in two:
            make_signature(
                letter, organization.name, kind="organization", organization=organization
            )
        with db.transaction(coalition.id) as session:
            found = session.merge(letter)
            found.close()
            found.deliver(note="by hand")

        answer = self.merge(coordinator, gone)

        assert answer.status_code == 422
        assert "a letter that was delivered" in answer.text
        with db.reading(coalition.id):
            assert db.session.get(Organization, gone_id) is not None
            assert {each.state for each in db.session.scalars(select(Signature))} == {
                SignatureState.APPROVED
            }

    def test_across_coalitions_is_for_administrators(
        self, coordinator, administrator, coalition, trams, two
    ):
        gone, kept = two
        gone_id, kept_id = gone.id, kept.id
        used_by(trams, kept)
        used_by(coalition, gone)
        address = f"{ORGANIZATIONS}{gone_id}/merge"
        data = {"into": "Bus Riders Union", "agreed": "yes"}

        refused = coordinator.post(address, data=data)
        merged = administrator.post(address, data=data)

        assert refused.status_code == 422
        assert "another coalition works with" in refused.text
        assert merged.status_code == 303
        for here in (coalition, trams):
            with db.reading(here.id):
                assert db.session.scalars(
                    select(CoalitionMembership.organization_id)
                ).all() == [kept_id]

    def test_of_two_memberships_keeps_the_active_one(self, administrator, coalition, two):
        gone, kept = two
        with db.transaction(coalition.id) as session:
            session.add(
                CoalitionMembership(organization_id=gone.id, state=MembershipState.ACTIVE)
            )
            session.add(
                CoalitionMembership(organization_id=kept.id, state=MembershipState.LEFT)
            )

        self.merge(administrator, gone)

        with db.reading(coalition.id):
            left = db.session.scalars(select(CoalitionMembership)).one()
            assert (left.organization_id, left.state) == (kept.id, MembershipState.ACTIVE)

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({"into": "Bus Riders Union"}, "cannot be undone"),
            ({"into": "BRU", "agreed": "yes"}, "one entry already"),
            ({"into": "Nobody", "agreed": "yes"}, "no single organization called"),
            ({"agreed": "yes"}, "Fill this in."),
        ],
    )
    def test_asks_again_when_something_is_missing(self, coordinator, two, data, said):
        answer = coordinator.post(page_of(two[0]) + "/merge", data=data)

        assert answer.status_code == 422
        assert said in answer.text
        assert directory() == ["BRU", "Bus Riders Union"]
