#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>

#include "convert.h"
#include "execution_object.h"
#include "pyforest/codec.h"
#include "python_side.h"

namespace nb = nanobind;

namespace pyforest {

namespace {

nb::object text_object(const std::string& text) {
  // Messages may quote a leaf's bytes; a broken one must not hide the rest.
  return nb::steal(
      PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
}

template <class Items, class Make>
nb::tuple tuple_of(const Items& items, Make make) {
  nb::list out;
  for (const auto& item : items) out.append(make(item));
  return nb::tuple(out);
}

nb::dict changed_keys(const Outcome& outcome) {
  nb::dict out;
  for (const auto& [slot, value] : outcome.changed) {
    const Slot& info = outcome.program->slots[static_cast<std::size_t>(slot)];
    if (info.hidden || info.name.find('/') != std::string::npos) continue;
    out[text_object(info.name)] = value_to_python(value);
  }
  for (const auto& [name, value] : outcome.changed_unknown) {
    if (name.find('/') != std::string::npos) continue;
    out[text_object(name)] = value_to_python(value);
  }
  return out;
}

nb::tuple errors_of(const Outcome& outcome) {
  if (!outcome.rest) return nb::make_tuple();
  const nb::handle type = python_class("py_forest.engine.records", "LeafFailure");
  return tuple_of(outcome.rest->failures, [&](const LeafFailure& failure) {
    nb::object exception = nb::none();
    for (const auto& [node, raised] : outcome.rest->exceptions) {
      if (node == failure.node) exception = raised;
    }
    return type(outcome.program->ids[failure.node], failure_name(failure.kind),
                text_object(failure.message), exception);
  });
}

nb::object run_object(const Program& program, std::uint64_t run) {
  return text_object(program.ids[run >> 32U] + "#" + std::to_string(run & 0xFFFFFFFFU));
}

/// Names as the leaf gave them, so that the answer may be given again.
nb::dict leaf_writes(const Program& program, const Answer& answer) {
  const OutsideConfig& config = program.outside[program.nodes[answer.node].config];
  nb::dict out;
  for (const KeyedValue& write : answer.writes) {
    std::string name =
        write.slot >= 0 ? program.slots[static_cast<std::size_t>(write.slot)].name : write.name;
    name = program.inner_name(config.scope, name);
    for (const auto& output : config.outputs) {
      if (output.slot == write.slot && write.slot >= 0) name = output.name;
    }
    out[text_object(name)] = value_to_python(write.value);
  }
  return out;
}

nb::object answer_object(const Program& program, const Answer& answer) {
  return python_class("py_forest.engine.leaf", "Result")(
      status_object(answer.status), leaf_writes(program, answer),
      answer.error.empty() ? nb::none() : text_object(answer.error), text_object(answer.feedback));
}

// A contained exception holds its traceback, and that the frames in which the outcome is a
// variable.
int traverse_outcome(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  if (!nb::inst_ready(self)) return 0;
  const auto* outcome = nb::inst_ptr<Outcome>(self);
  if (!outcome->rest) return 0;
  for (auto& [node, exception] : outcome->rest->exceptions) {
    if (exception.is_valid()) Py_VISIT(exception.ptr());
  }
  return 0;
}

int clear_outcome(PyObject* self) {
  if (!nb::inst_ready(self)) return 0;
  auto* outcome = nb::inst_ptr<Outcome>(self);
  if (outcome->rest) outcome->rest->exceptions.clear();
  return 0;
}

PyType_Slot kOutcomeSlots[] = {
    {Py_tp_traverse, reinterpret_cast<void*>(traverse_outcome)},
    {Py_tp_clear, reinterpret_cast<void*>(clear_outcome)},
    {0, nullptr},
};

/// A record as Python keeps it: see py_forest.engine.records.TickRecord for the names.
nb::dict decode(ProgramCore& core, nb::bytes bytes) {
  const Program& program = *core.program;
  Entry entry;
  try {
    entry = read_entry(std::string_view(static_cast<const char*>(bytes.data()), bytes.size()),
                       program.size(), program.slots.size());
    check_entry(program, entry);
  } catch (const DecodeError& error) {
    raise_forest_error("RecordRefused", error.what());
  }
  auto id = [&](std::uint32_t node) { return text_object(program.ids[node]); };
  nb::dict out;
  constexpr const char* kKinds[] = {"", "tick", "halt", "reload"};
  out["kind"] = kKinds[static_cast<std::uint8_t>(entry.kind)];
  out["tick"] = entry.tick;
  out["now"] = static_cast<double>(entry.now) * 1e-9;
  out["now_ns"] = entry.now;
  out["root"] = status_object(entry.root);
  nb::dict updates;
  nb::dict unset;
  for (const KeyedValue& update : entry.inputs.updates) {
    // In order: a key may be removed and set again between two ticks.
    const nb::object name = text_object(
        update.slot >= 0 ? program.slots[static_cast<std::size_t>(update.slot)].name : update.name);
    nb::dict& into = update.value.is_missing() ? unset : updates;
    nb::dict& other = update.value.is_missing() ? updates : unset;
    if (other.contains(name)) nb::del(other[name]);
    into[name] = value_to_python(update.value);
  }
  out["updates"] = updates;
  out["unset"] = unset.keys();
  nb::dict results;
  for (const Answer& result : entry.inputs.results) {
    if (result.node == kNone) continue;
    const auto run = (std::uint64_t{result.node} << 32U) |
                     static_cast<std::uint32_t>(result.activation & 0xFFFFFFFF);
    results[run_object(program, run)] = answer_object(program, result);
  }
  out["results"] = results;
  nb::dict overrides;
  for (const Override& forced : entry.inputs.overrides) {
    overrides[id(forced.node)] = status_object(forced.status);
  }
  out["overrides"] = overrides;
  nb::dict leaves;
  for (const Answer& answer : entry.answers) {
    leaves[id(answer.node)] = answer_object(program, answer);
  }
  out["leaves"] = leaves;
  nb::list visited;
  for (const Run& run : entry.visited) {
    for (std::uint32_t node = run.first; node < run.first + run.length; ++node) {
      visited.append(id(node));
    }
  }
  out["visited"] = visited;
  nb::dict passing;
  for (const StatusAt& at : entry.passing) passing[id(at.node)] = status_object(at.status);
  out["passing"] = passing;
  nb::dict statuses;
  for (const StatusAt& at : entry.changed) statuses[id(at.node)] = status_object(at.status);
  out["statuses"] = statuses;
  nb::dict changed;
  nb::list removed;
  for (const KeyedValue& written : entry.written) {
    const std::string& name = written.slot >= 0
                                  ? program.slots[static_cast<std::size_t>(written.slot)].name
                                  : written.name;
    if (written.value.is_missing()) {
      removed.append(text_object(name));
    } else {
      changed[text_object(name)] = value_to_python(written.value);
    }
  }
  out["changed"] = changed;
  out["removed"] = removed;
  nb::list failures;
  for (const LeafFailure& failure : entry.failures) {
    failures.append(
        nb::make_tuple(id(failure.node), failure_name(failure.kind), text_object(failure.message)));
  }
  out["errors"] = failures;
  nb::list cancelled;
  for (std::uint64_t run : entry.cancelled) cancelled.append(run_object(program, run));
  out["cancelled"] = cancelled;
  return out;
}

}  // namespace

void bind_outcome(nb::module_& m) {
  nb::class_<Outcome>(m, "Outcome", nb::type_slots(kOutcomeSlots),
                      "What one tick answered and changed.")
      .def_prop_ro(
          "status", [](Outcome& self) { return status_object(self.status); },
          nb::for_getter(nb::sig("def status(self) -> py_forest.models.status.Status")),
          "The root's answer; INVALID only after `halt`.")
      .def_prop_ro("changed", &changed_keys,
                   nb::for_getter(nb::sig("def changed(self) -> dict[str, object]")),
                   "Keys that nodes gave another value in this tick; None for a removed one.")
      .def_prop_ro(
          "unread",
          [](Outcome& self) {
            if (!self.rest) return nb::make_tuple();
            return tuple_of(self.rest->unread, text_object);
          },
          nb::for_getter(nb::sig("def unread(self) -> tuple[str, ...]")),
          "Updates that no node of the program reads.")
      .def_prop_ro(
          "record",
          [](Outcome& self) -> nb::object {
            if (!self.recorded) return nb::none();
            return nb::bytes(self.record.data(), self.record.size());
          },
          nb::for_getter(nb::sig("def record(self) -> bytes | None")),
          "The tick's entry for a log; None when the execution does not record.")
      .def_prop_ro("errors", &errors_of,
                   nb::for_getter(nb::sig(
                       "def errors(self) -> tuple[py_forest.engine.records.LeafFailure, ...]")),
                   "Leaves that failed by an error, in order.")
      .def_prop_ro(
          "logs",
          [](Outcome& self) {
            if (!self.rest) return nb::make_tuple();
            return tuple_of(self.rest->logs, [&](const LogLine& line) {
              const Program& program = *self.program;
              const Node& node = program.nodes[line.node];
              return nb::make_tuple(program.ids[line.node], program.logs[node.config].level,
                                    text_object(line.message));
            });
          },
          nb::for_getter(nb::sig("def logs(self) -> tuple[tuple[str, str, str], ...]")),
          "Node id, level and message of each Log node ticked.")
      .def_prop_ro(
          "cancelled",
          [](Outcome& self) {
            if (!self.rest) return nb::make_tuple();
            return tuple_of(self.rest->cancelled,
                            [&](std::uint64_t run) { return run_object(*self.program, run); });
          },
          nb::for_getter(nb::sig("def cancelled(self) -> tuple[str, ...]")),
          "Ids of runs that were interrupted in flight.")
      .def_prop_ro(
          "dropped",
          [](Outcome& self) {
            if (!self.rest) return nb::make_tuple();
            return tuple_of(self.rest->dropped, text_object);
          },
          nb::for_getter(nb::sig("def dropped(self) -> tuple[str, ...]")),
          "Ids of results that came too late or belong to no run.")
      .def_prop_ro(
          "undetermined", [](Outcome& self) { return self.rest && self.rest->undetermined; },
          "A replay reached a leaf that its log holds no answer for.")
      .def("__repr__",
           [](Outcome& self) { return std::string("<Outcome ") + status_name(self.status) + ">"; });
  m.def("decode", &decode, nb::arg("core"), nb::arg("record"),
        nb::sig("def decode(core: ProgramCore, record: bytes) -> dict[str, object]"));
}

}  // namespace pyforest
