#include "python_leaves.h"

#include <nanobind/stl/string.h>

#include <algorithm>

#include "convert.h"
#include "python_side.h"

namespace nb = nanobind;

namespace pyforest {

bool is_key(std::string_view text) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (text.empty() || text.size() > 256 || !letter(text.front())) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

bool read_writes(const Program& program, std::uint32_t node, nb::handle writes, Answer& answer,
                 std::string& error) {
  if (writes.is_none()) return true;
  if (!PyDict_Check(writes.ptr())) {
    error = "writes must be a dict of key to value";
    return false;
  }
  const OutsideConfig& config = program.outside[program.nodes[node].config];
  PyObject* key = nullptr;
  PyObject* item = nullptr;
  Py_ssize_t at = 0;
  while (PyDict_Next(writes.ptr(), &at, &key, &item) != 0) {
    Py_ssize_t size = 0;
    const char* text = PyUnicode_Check(key) ? PyUnicode_AsUTF8AndSize(key, &size) : nullptr;
    const std::string_view name(text == nullptr ? "" : text, static_cast<std::size_t>(size));
    if (text == nullptr) PyErr_Clear();
    if (!is_key(name)) {
      error = "`" + std::string(name.substr(0, 80)) + "` is no blackboard key";
      return false;
    }
    KeyedValue write;
    write.slot = -1;
    for (const auto& output : config.outputs) {
      if (output.name == name) write.slot = output.slot;
    }
    if (write.slot < 0) write.slot = program.find_slot_in(config.scope, name);
    if (write.slot < 0) write.name = program.outer_name(config.scope, name);
    if (!value_from_python(item, write.value, error)) {
      error = "`" + std::string(name) + "`: " + error;
      return false;
    }
    answer.writes.push_back(std::move(write));
  }
  return true;
}

bool read_result(const Program& program, nb::handle object, Answer& answer, std::string& error) {
  const nb::handle type = python_class("py_forest.engine.leaf", "Result");
  if (PyObject_IsInstance(object.ptr(), type.ptr()) != 1) {
    PyErr_Clear();
    return false;
  }
  const nb::object status = object.attr("status");
  if (!status_from_python(status, answer.status)) {
    error = "the status of a Result must be RUNNING, SUCCESS, FAILURE or SKIPPED, not " +
            std::string(nb::repr(status).c_str());
    return true;
  }
  const nb::object failure = object.attr("error");
  if (!failure.is_none()) {
    answer.error = nb::str(failure).c_str();
    if (answer.error.empty()) answer.error = "failed";
  }
  const nb::object feedback = object.attr("feedback");
  if (!feedback.is_none()) answer.feedback = nb::str(feedback).c_str();
  read_writes(program, answer.node, object.attr("writes"), answer, error);
  return true;
}

bool PythonLeaves::evaluate(State& state, const OutsideConfig::Argument& argument, nb::object& out,
                            Answer& answer) {
  if (argument.expression == kNone) {
    out = value_to_python(argument.value);
    return true;
  }
  const Program& program = *core_.program;
  const Expression& expression = program.expressions[argument.expression];
  if (expression.is_slot && !state.slots()[expression.slot].is_missing()) {
    out = value_to_python(state.slots()[expression.slot]);
    return true;
  }
  Value value;
  EvalError error{};
  if (!pyforest::evaluate(program.code, expression, state.slots(), value, error)) {
    answer.status = Status::kFailure;
    answer.error = "argument `" + argument.name + "`: ";
    answer.error +=
        error.kind == EvalError::Kind::kMissing && error.slot >= 0
            ? "`" + program.slots[static_cast<std::size_t>(error.slot)].name + "` has no value"
            : error.message;
    return false;
  }
  out = value_to_python(value);
  return true;
}

/// Call with the leaf's arguments; an invalid object when one of them cannot be computed (the
/// answer says so). Throws what the callable raises.
nb::object PythonLeaves::call_with_arguments(State& state, std::uint32_t node,
                                             const LeafObject& leaf,
                                             const std::vector<std::uint32_t>& which,
                                             nb::handle callable, Answer& answer) {
  const auto& given = core_.program->outside[core_.program->nodes[node].config].arguments;
  nb::object args = nb::steal(PyTuple_New(static_cast<Py_ssize_t>(leaf.positional)));
  if (!args.is_valid()) nb::raise_python_error();
  nb::object names;
  for (const std::uint32_t i : which) {
    nb::object value;
    if (!evaluate(state, given[i], value, answer)) return {};
    if (i < leaf.positional) {
      PyTuple_SetItem(args.ptr(), static_cast<Py_ssize_t>(i), value.release().ptr());
    } else {
      if (!names.is_valid()) names = nb::steal(PyDict_New());
      if (PyDict_SetItem(names.ptr(), leaf.names[i].ptr(), value.ptr()) != 0) {
        nb::raise_python_error();
      }
    }
  }
  PyObject* reply =
      PyObject_Call(callable.ptr(), args.ptr(), names.is_valid() ? names.ptr() : nullptr);
  if (reply == nullptr) nb::raise_python_error();
  return nb::steal(reply);
}

void PythonLeaves::contain(std::uint32_t node, Answer& answer) {
  // Only Exception is a leaf's failure; KeyboardInterrupt and SystemExit belong to the caller.
  const bool contained = PyErr_ExceptionMatches(PyExc_Exception) != 0;
  nb::object exception;
  answer.error = take_python_error(exception);
  answer.status = Status::kFailure;
  answer.writes.clear();
  if (contained) {
    exceptions_.emplace_back(node, std::move(exception));
  } else {
    interrupt_ = std::move(exception);
  }
}

void PythonLeaves::read_answer(State& state, std::uint32_t node, nb::object&& reply,
                               Answer& answer) {
  PyObject* object = reply.ptr();
  if (object == Py_True || object == Py_None) {
    answer.status = Status::kSuccess;
    return;
  }
  if (object == Py_False) {
    answer.status = Status::kFailure;
    return;
  }
  if (status_from_python(reply, answer.status) && !PyUnicode_Check(object) &&
      Py_TYPE(object) != &PyLong_Type) {
    return;
  }
  std::string error;
  answer.status = Status::kInvalid;
  if (read_result(state.program(), reply, answer, error)) {
    if (error.empty()) return;
    answer.status = Status::kInvalid;
    answer.writes.clear();
    answer.error = error;
    return;
  }
  (void)node;
  answer.status = Status::kInvalid;
  answer.error = "answered ";
  std::string text = nb::repr(reply).c_str();
  answer.error += text.substr(0, 200) +
                  ", which is no status; return a Status, a bool, None or a "
                  "Result";
}

void PythonLeaves::call(State& state, std::uint32_t node, bool starts, Answer& answer) {
  const auto it = core_.leaves.find(node);
  if (it == core_.leaves.end()) {
    answer.status = Status::kFailure;
    answer.error = "the registry holds no such action";
    return;
  }
  const LeafObject& leaf = it->second;
  try {
    if (leaf.kind == LeafObject::Kind::kClass) {
      run_class(state, node, starts, leaf, answer);
      return;
    }
    nb::object reply = call_with_arguments(state, node, leaf, leaf.updating, leaf.target, answer);
    if (reply.is_valid()) read_answer(state, node, std::move(reply), answer);
  } catch (nb::python_error& error) {
    error.restore();
    contain(node, answer);
  }
}

PythonLeaves::Instance& PythonLeaves::instance_of(std::uint32_t node, const LeafObject& leaf) {
  Instance& instance = instances_[node];
  if (!instance.object.is_valid()) {
    nb::object object = leaf.target();
    object.attr("setup")();
    instance.object = std::move(object);
  }
  return instance;
}

void PythonLeaves::run_class(State& state, std::uint32_t node, bool starts, const LeafObject& leaf,
                             Answer& answer) {
  Instance& instance = instance_of(node, leaf);
  const nb::object object = instance.object;
  // An instance that could not be saved starts anew though its node runs.
  if (starts || !instance.active) {
    instance.active = true;
    try {
      const nb::object begun =
          call_with_arguments(state, node, leaf, leaf.starting, object.attr("initialise"), answer);
      if (!begun.is_valid()) {
        // What was never begun needs no end.
        instances_[node].active = false;
        return;
      }
    } catch (nb::python_error& error) {
      error.restore();
      contain(node, answer);
    }
  }
  if (answer.error.empty()) {
    try {
      nb::object reply =
          call_with_arguments(state, node, leaf, leaf.updating, object.attr("update"), answer);
      if (reply.is_valid()) read_answer(state, node, std::move(reply), answer);
    } catch (nb::python_error& error) {
      error.restore();
      contain(node, answer);
    }
  }
  if (answer.status == Status::kRunning) return;
  instances_[node].active = false;
  try {
    const Status ended = answer.status == Status::kInvalid ? Status::kFailure : answer.status;
    object.attr("terminate")(status_object(ended));
  } catch (nb::python_error& error) {
    const std::string first = answer.error;
    error.restore();
    contain(node, answer);
    if (!first.empty()) answer.error = first + "; then terminate: " + answer.error;
  }
}

void PythonLeaves::halted(State&, std::uint32_t node) {
  const auto it = instances_.find(node);
  if (it == instances_.end() || !it->second.active) return;
  it->second.active = false;
  const nb::object object = it->second.object;
  try {
    object.attr("terminate")(status_object(Status::kInvalid));
  } catch (nb::python_error& error) {
    error.restore();
    Answer failed;
    contain(node, failed);
    if (!failed.error.empty() && !interrupt_.is_valid()) {
      halt_failures_.push_back({node, FailureKind::kRaised, "on interruption: " + failed.error});
    }
  }
}

SavedLeaves PythonLeaves::save(const State& state) {
  SavedLeaves out;
  for (auto& [node, instance] : instances_) {
    if (!nb::hasattr(instance.object, "save")) continue;
    const bool runs = instance.active && state.statuses()[node] == Status::kRunning;
    nb::object saved = instance.object.attr("save")();
    Value value;
    std::string error;
    if (!value_from_python(saved.ptr(), value, error)) {
      raise_forest_error("SnapshotRefused", "leaf `" + core_.program->ids[node] +
                                                "` saved something that is no JSON: " + error);
    }
    std::vector<Value> pair;
    pair.push_back(Value::boolean(runs));
    pair.push_back(std::move(value));
    out.emplace_back(node, Value::array(std::move(pair)));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return out;
}

void PythonLeaves::load(const SavedLeaves& saved) {
  for (const auto& [node, value] : saved) {
    const auto it = core_.leaves.find(node);
    if (it == core_.leaves.end() || it->second.kind != LeafObject::Kind::kClass ||
        !value.is_array() || value.as_array().size() != 2) {
      raise_forest_error("SnapshotRefused", "the snapshot holds the state of a leaf that is none");
    }
    try {
      Instance& instance = instance_of(node, it->second);
      instance.object.attr("load")(value_to_python(value.as_array()[1]));
      instance.active = value.as_array()[0].as_bool();
    } catch (nb::python_error& error) {
      error.restore();
      nb::object exception;
      const std::string why = take_python_error(exception);
      raise_forest_error("SnapshotRefused",
                         "leaf `" + core_.program->ids[node] + "` cannot be restored: " + why,
                         exception);
    }
  }
}

void PythonLeaves::hand_over(PythonLeaves& next,
                             const std::vector<std::pair<std::uint32_t, std::uint32_t>>& moved) {
  for (const auto& [before, after] : moved) {
    const auto it = instances_.find(before);
    if (it == instances_.end()) continue;
    const auto old_leaf = core_.leaves.find(before);
    const auto new_leaf = next.core_.leaves.find(after);
    // Equal node ids and constants give the identical factory; with another one the old instance
    // is shut down with the rest.
    if (old_leaf == core_.leaves.end() || new_leaf == next.core_.leaves.end() ||
        !old_leaf->second.target.is(new_leaf->second.target)) {
      continue;
    }
    next.instances_.emplace(after, std::move(it->second));
    instances_.erase(it);
  }
}

void PythonLeaves::shut_down() noexcept {
  // Moved out first: a shutdown may reach back into this execution.
  auto instances = std::exchange(instances_, {});
  for (auto& [node, instance] : instances) {
    try {
      if (instance.active) instance.object.attr("terminate")(status_object(Status::kInvalid));
      instance.object.attr("shutdown")();
    } catch (nb::python_error& error) {
      error.discard_as_unraisable("shutdown of a PyForest leaf");
    } catch (...) {
    }
  }
}

int PythonLeaves::traverse(visitproc visit, void* arg) {
  for (auto& [node, instance] : instances_) {
    if (instance.object.is_valid()) Py_VISIT(instance.object.ptr());
  }
  return 0;
}

}  // namespace pyforest
