"""How much of everything is measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Rounds are pairs of product and bare, interleaved."""

    throughput_rounds: int
    throughput_requests: int
    burst_rounds: int
    burst_mails: int
    latency_rounds: int
    latency_requests: int
    open_requests: int
    replay_rounds: int
    kills: int


FULL = Sizes(
    throughput_rounds=4,
    throughput_requests=16,
    burst_rounds=1,
    burst_mails=200,
    latency_rounds=4,
    latency_requests=8,
    open_requests=2000,
    replay_rounds=7,
    kills=3,
)
QUICK = Sizes(
    throughput_rounds=2,
    throughput_requests=6,
    burst_rounds=1,
    burst_mails=16,
    latency_rounds=2,
    latency_requests=3,
    open_requests=80,
    replay_rounds=3,
    kills=1,
)
