"""The test samples of the contract, as they are written there."""

from py_forest.core.tree_manager import TreeManager
from py_forest.testing import RobotSimulator, load_component, load_tree


def test_low_battery_handler():  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Test that low battery triggers charge action."""
    tree_json = load_component("low_battery_handler")
    manager = TreeManager()
    tree_id = manager.create_tree_from_dict(tree_json)
    tree = manager.get_tree(tree_id)

    # Set battery low
    tree.blackboard.set("battery_level", 10)

    # Tick tree
    tree.tick_once()

    # Assert action is set
    assert tree.blackboard.get("robot_action") == "charge"


def test_robot_controller_integration():  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Test full robot controller with simulated robot."""
    robot_sim = RobotSimulator()
    tree = load_tree("robot_controller.json")

    # Simulate low battery
    robot_sim.battery = 10
    tree.blackboard.set("battery_level", robot_sim.battery)
    tree.tick_once()

    # Verify robot received charge command
    action = tree.blackboard.get("robot_action")
    assert action == "charge"

    # Simulate charging
    for _ in range(10):
        robot_sim.charge()
        tree.blackboard.set("battery_level", robot_sim.battery)
        tree.tick_once()

    # Verify robot resumes patrol
    action = tree.blackboard.get("robot_action")
    assert action == "patrol"
