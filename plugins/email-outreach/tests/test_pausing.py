"""A pause while several workers send as fast as they can."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from coalition_email_outreach import claiming

from coalition.testing import make_user, sign_in

from .conftest import begin, make_mailing, send, states
from .fleet import Fleet

LANES = 4
RECIPIENTS = 200
PATIENCE_S = 120


@pytest.fixture
def fleet(app, coalition, at_any_hour, far_sink, tmp_path) -> Iterator[Fleet]:
    """Give some workers."""
    fleet = Fleet(tmp_path, LANES)
    yield fleet
    fleet.stop()


@pytest.fixture
def coordinator(app, coalition):
    app.config["WTF_CSRF_ENABLED"] = False
    yield sign_in(app.test_client(), make_user("coco@example.org", coalition))
    app.config["WTF_CSRF_ENABLED"] = True


def wait_until(come_true: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not come_true():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.02)


def test_a_pause_lets_each_connection_end_the_message_it_carries_and_no_other(
    coordinator, coalition, people, far_sink, fleet
):
    people(RECIPIENTS)
    mailing = make_mailing(coalition)
    page = f"/manage/night-buses/mailings/{mailing.id}/"
    begin(mailing)
    wait_until(lambda: len(far_sink.accepted) > 20)

    pressed_at = time.time()
    paused = coordinator.post(f"{page}pause")
    answered_at, before = time.time(), len(far_sink.accepted)
    wait_until(lambda: "sending" not in states(mailing))

    accepted = far_sink.accepted
    last_at = accepted[-1]["at"]
    print(
        f"answered after {answered_at - pressed_at:.3f} s, the last message"
        f" {last_at - pressed_at:.3f} s after the button"
    )
    assert paused.status_code == 303
    assert len(accepted) - before <= LANES
    assert states(mailing) == {"sent": len(accepted), "queued": RECIPIENTS - len(accepted)}
    assert "Paused" in coordinator.get(page).text

    coordinator.post(f"{page}resumption")
    wait_until(lambda: states(mailing) == {"sent": RECIPIENTS})
    assert max(far_sink.copies.values()) == 1
    assert len(far_sink.copies) == RECIPIENTS


def test_a_pause_does_not_wait_for_a_worker_that_takes_its_batch(
    coordinator, coalition, people, sink, at_any_hour, monkeypatch
):
    people(3)
    mailing = make_mailing(coalition)
    page = f"/manage/night-buses/mailings/{mailing.id}/"
    begin(mailing)
    prepared = claiming.prepared

    def paused_meanwhile(*words):
        with ThreadPoolExecutor() as elsewhere:
            answer = elsewhere.submit(coordinator.post, f"{page}pause").result()
        assert answer.status_code == 303
        return prepared(*words)

    monkeypatch.setattr(claiming, "prepared", paused_meanwhile)
    send()

    assert sink.accepted == []
    assert states(mailing) == {"queued": 3}
