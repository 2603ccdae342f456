"""A small robot to test trees with: a battery, a place on a line, and a sensor that can lie."""

from __future__ import annotations

from random import Random
from typing import Literal

Fault = Literal["none", "stuck", "dropout"]

_FULL = 100
_FAULTS = ("none", "stuck", "dropout")


class RobotSimulator:
    """A robot whose battery drains with what it does and whose sensor can be trusted only so far.

    The same seed and the same calls give the same readings. Time passes in `step` only.

    Args:
        battery: charge at first, percent, 0 to 100.
        idle_drain: percent a second that standing costs, >= 0.
        drive_drain: percent a metre that driving costs, >= 0.
        charge_rate: percent a second that the dock gives, > 0.
        noise: standard deviation of a reading, percent, >= 0.
        seed: of the noise.

    Attributes:
        battery: the true charge, percent; an int where no time has passed in parts.
        position: metres from the dock, >= 0.
        fault: of the battery sensor: `none`; `stuck`, it repeats its last reading; `dropout`, it
            gives none.
    """

    def __init__(
        self,
        battery: float = _FULL,
        *,
        idle_drain: float = 0.01,
        drive_drain: float = 0.2,
        charge_rate: float = 5.0,
        noise: float = 0.0,
        seed: int = 0,
    ) -> None:
        if not 0 <= battery <= _FULL:
            raise ValueError(f"a battery holds 0 to 100 percent, not {battery}")
        if min(idle_drain, drive_drain, noise) < 0 or charge_rate <= 0:
            raise ValueError("drains and noise are not negative, and a dock charges")
        self.battery = battery
        self.position = 0.0
        self.fault: Fault = "none"
        self._idle_drain = idle_drain
        self._drive_drain = drive_drain
        self._charge_rate = charge_rate
        self._noise = noise
        self._random = Random(seed)  # noqa: S311 - a simulation, no secret
        self._last_reading: float = battery

    @property
    def is_empty(self) -> bool:
        """Whether the robot can do nothing any more but be charged."""
        return self.battery <= 0

    def charge(self, amount: float = 1) -> None:
        """Put charge into the battery, up to full.

        Args:
            amount: percent, >= 1.

        Raises:
            ValueError: `amount` is less than 1.
        """
        if amount < 1:
            raise ValueError(f"a charge is at least 1 percent, not {amount}")
        self.battery = min(_FULL, self.battery + amount)

    def read_battery(self) -> float | None:
        """Return what the battery sensor says, percent from 0 to 100; None when it says nothing."""
        if self.fault == "dropout":
            return None
        if self.fault == "none":
            spread = self._random.gauss(0, self._noise) if self._noise else 0
            self._last_reading = min(_FULL, max(0, self.battery + spread))
        return self._last_reading

    def fail_sensor(self, fault: Fault) -> None:
        """Break the battery sensor, or mend it with `none`.

        Raises:
            ValueError: there is no such fault.
        """
        if fault not in _FAULTS:
            raise ValueError(f"a sensor's fault is one of {', '.join(_FAULTS)}, not {fault}")
        self.fault = fault

    def step(self, action: str = "idle", seconds: float = 1.0, *, speed: float = 0.5) -> None:
        """Let time pass while the robot does something.

        Args:
            action: `idle`; `patrol` or `drive`, away from the dock; `return`, towards it; `charge`,
                which takes effect in the dock and otherwise drives there first.
            seconds: how long, >= 0.
            speed: metres a second, >= 0.

        Raises:
            ValueError: there is no such action, or time or speed is negative.
        """
        if seconds < 0 or speed < 0:
            raise ValueError("neither time nor speed is negative")
        if action not in ("idle", "patrol", "drive", "return", "charge"):
            raise ValueError(f"the robot cannot {action}")
        homewards = action == "return" or (action == "charge" and self.position > 0)
        if action == "charge" and not homewards:
            self.battery = min(_FULL, self.battery + self._charge_rate * seconds)
            return
        self._drain(self._idle_drain * seconds)
        if action == "idle" or self.is_empty:
            return
        reach = self.position if homewards else float("inf")
        by_charge = self.battery / self._drive_drain if self._drive_drain else float("inf")
        distance = min(speed * seconds, reach, by_charge)
        self.position += -distance if homewards else distance
        self._drain(distance * self._drive_drain)

    def _drain(self, amount: float) -> None:
        self.battery = max(0, self.battery - amount)
