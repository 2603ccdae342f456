from __future__ import annotations

import pytest

from py_forest.testing import RobotSimulator


def test_a_charge_adds_one_percent_and_stops_at_full() -> None:
    robot = RobotSimulator(battery=98)
    readings = []
    for _ in range(3):
        robot.charge()
        readings.append(robot.battery)
    assert readings == [99, 100, 100]


def test_a_charge_of_less_than_one_percent_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 percent"):
        RobotSimulator().charge(0.5)


def test_driving_costs_more_than_standing_and_the_dock_gives_it_back() -> None:
    standing, driving = RobotSimulator(battery=50), RobotSimulator(battery=50)
    standing.step("idle", 60)
    driving.step("patrol", 60, speed=1.0)
    assert standing.battery == pytest.approx(50 - 0.6)
    assert driving.battery == pytest.approx(50 - 0.6 - 12)
    assert driving.position == 60
    driving.step("charge", 60, speed=1.0)
    assert driving.position == 0
    low = driving.battery
    driving.step("charge", 2)
    assert driving.battery == pytest.approx(low + 10)


def test_an_empty_robot_stands_where_it_is() -> None:
    robot = RobotSimulator(battery=1, idle_drain=0)
    robot.step("drive", 100, speed=1.0)
    assert robot.battery == 0
    assert robot.position == pytest.approx(5)
    assert robot.is_empty
    robot.step("return", 100)
    assert robot.position == pytest.approx(5)


def test_returning_ends_at_the_dock() -> None:
    robot = RobotSimulator(drive_drain=0, idle_drain=0)
    robot.step("drive", 4)
    robot.step("return", 100)
    assert (robot.position, robot.battery) == (0, 100)


def test_without_noise_the_sensor_tells_the_truth() -> None:
    assert RobotSimulator(battery=42).read_battery() == 42


def test_noise_is_the_same_for_the_same_seed_and_stays_in_range() -> None:
    first, second, other = (RobotSimulator(99, noise=5, seed=seed) for seed in (1, 1, 2))
    readings = [first.read_battery() for _ in range(50)]
    assert readings == [second.read_battery() for _ in range(50)]
    assert readings != [other.read_battery() for _ in range(50)]
    assert all(reading is not None and 0 <= reading <= 100 for reading in readings)
    assert len(set(readings)) > 10


def test_a_stuck_sensor_repeats_itself_and_a_lost_one_is_silent() -> None:
    robot = RobotSimulator(battery=80)
    robot.read_battery()
    robot.fail_sensor("stuck")
    robot.battery = 30
    assert robot.read_battery() == 80
    robot.fail_sensor("dropout")
    assert robot.read_battery() is None
    robot.fail_sensor("none")
    assert robot.read_battery() == 30


def test_what_no_robot_can_do_is_refused() -> None:
    robot = RobotSimulator()
    with pytest.raises(ValueError, match="cannot fly"):
        robot.step("fly")
    with pytest.raises(ValueError, match="neither time nor speed"):
        robot.step("idle", -1)
    with pytest.raises(ValueError, match="one of none, stuck, dropout"):
        robot.fail_sensor("sleepy")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="0 to 100"):
        RobotSimulator(battery=101)
    with pytest.raises(ValueError, match="not negative"):
        RobotSimulator(noise=-1)
