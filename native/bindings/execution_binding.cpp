#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include "convert.h"
#include "execution_object.h"
#include "pyforest/codec.h"
#include "python_side.h"

namespace nb = nanobind;

namespace pyforest {

namespace {

int traverse_execution(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  if (!nb::inst_ready(self)) return 0;
  return nb::inst_ptr<ExecutionObject>(self)->traverse(visit, arg);
}

int clear_execution(PyObject* self) {
  if (nb::inst_ready(self)) nb::inst_ptr<ExecutionObject>(self)->clear_references();
  return 0;
}

// Leaves are shut down while everything they refer to is still whole; tp_clear would be too late.
void finalize_execution(PyObject* self) {
  if (!nb::inst_ready(self)) return;
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* trace = nullptr;
  PyErr_Fetch(&type, &value, &trace);
  nb::inst_ptr<ExecutionObject>(self)->clear_references();
  PyErr_Restore(type, value, trace);
}

PyType_Slot kExecutionSlots[] = {
    {Py_tp_finalize, reinterpret_cast<void*>(finalize_execution)},
    {Py_tp_traverse, reinterpret_cast<void*>(traverse_execution)},
    {Py_tp_clear, reinterpret_cast<void*>(clear_execution)},
    {0, nullptr},
};

std::unique_ptr<ExecutionObject> start(ProgramCore& core, nb::object program, std::uint64_t seed,
                                       bool record, nb::object blackboard) {
  auto state = std::make_unique<State>(core.program, seed, record);
  if (!blackboard.is_none()) {
    for (auto [key, item] : nb::cast<nb::dict>(blackboard)) {
      KeyedValue given;
      given.name = nb::cast<std::string>(key);
      std::string error;
      if (!is_key(given.name)) {
        throw nb::value_error(("`" + given.name.substr(0, 80) + "` is no blackboard key").c_str());
      }
      if (!value_from_python(item.ptr(), given.value, error) ||
          !store_key(*state, given.name, given.value, error)) {
        throw nb::value_error(("`" + given.name + "`: " + error).c_str());
      }
      state->extras().started_with.push_back(std::move(given));
    }
  }
  return std::make_unique<ExecutionObject>(std::move(program), core, std::move(state));
}

std::unique_ptr<ExecutionObject> restore(ProgramCore& core, nb::object program, nb::bytes blob) {
  SavedLeaves saved;
  std::unique_ptr<State> state;
  const std::string_view bytes(static_cast<const char*>(blob.data()), blob.size());
  try {
    state = read_snapshot(core.program, bytes, saved);
  } catch (const DecodeError& error) {
    raise_forest_error("SnapshotRefused", error.what());
  }
  state->extras().origin = bytes;
  auto out = std::make_unique<ExecutionObject>(std::move(program), core, std::move(state));
  out->load_leaves(saved);
  return out;
}

nb::bytes snapshot_in_header(nb::bytes header) {
  try {
    ByteReader r(std::string_view(static_cast<const char*>(header.data()), header.size()));
    if (r.take(3) != "PFL") throw DecodeError("these bytes are no log header");
    if (const int format = r.byte(); format != kRecordFormat) {
      throw DecodeError("the log has format " + std::to_string(format) +
                        "; this version reads format " + std::to_string(kRecordFormat));
    }
    const std::string_view snapshot = r.bytes();
    if (!r.at_end()) throw DecodeError("the log header goes on after its end");
    return nb::bytes(snapshot.data(), snapshot.size());
  } catch (const DecodeError& error) {
    raise_forest_error("RecordRefused", error.what());
  }
}

}  // namespace

void ExecutionObject::load_leaves(const SavedLeaves& saved) {
  if (saved.empty()) return;
  if (!leaves_)
    raise_forest_error("SnapshotRefused", "the snapshot holds leaves, the program none");
  leaves_->load(saved);
}

void bind_execution(nb::module_& m) {
  nb::class_<ExecutionObject>(m, "Execution", nb::type_slots(kExecutionSlots),
                              "One run of a program: its state, ticked from outside.\n\n"
                              "Use one execution from one thread at a time; different executions "
                              "of one program may run in different threads.")
      .def(
          "tick",
          [](ExecutionObject& self, nb::handle updates, nb::handle now, nb::handle results,
             nb::handle overrides) {
            auto outcome = self.tick(updates, now, results, overrides);
            if (self.core().program->options.error_policy == ErrorPolicy::kRaise && outcome->rest &&
                !outcome->rest->failures.empty()) {
              nb::object made = nb::cast(std::move(outcome));
              python_class("py_forest.engine.records", "raise_leaf_error")(self.program(), made);
              return made;
            }
            return nb::cast(std::move(outcome));
          },
          nb::arg("updates") = nb::none(), nb::arg("now") = nb::none(),
          nb::arg("results") = nb::none(), nb::arg("overrides") = nb::none(),
          nb::sig("def tick(self, updates: collections.abc.Mapping[str, object] | None = None, "
                  "now: float | None = None, "
                  "results: collections.abc.Mapping[str, object] | None = None, "
                  "overrides: collections.abc.Mapping[str, object] | None = None) -> Outcome"),
          "Tick the tree once.\n\n"
          "Args:\n"
          "    updates: blackboard keys to set before the tick.\n"
          "    now: seconds since 1970 UTC; the wall clock when left out, never earlier than the\n"
          "        last tick.\n"
          "    results: answers of runs in flight, by run id: a Status, bool or Result; for a\n"
          "        HumanDecision also the chosen option.\n"
          "    overrides: node ids whose answer is forced to a status in this tick.\n\n"
          "Raises:\n"
          "    TimeWentBackwards: `now` lies before the last tick's.\n"
          "    ValueError: a value is no JSON or does not fit its declared key.\n"
          "    ExecutionBusy: another thread, or a leaf of this tick, is ticking it.\n"
          "    LeafError: a leaf failed by an error and the tree's error policy is `raise`; the\n"
          "        tick has ended in order, its outcome is the error's `outcome`.")
      .def("halt", &ExecutionObject::halt, "Interrupt whatever runs; every status becomes INVALID.")
      .def("statuses", &ExecutionObject::statuses,
           nb::sig("def statuses(self) -> dict[str, py_forest.models.status.Status]"),
           "Status of every node by id, in pre-order.")
      .def("pending", &ExecutionObject::pending,
           nb::sig("def pending(self) -> list[py_forest.engine.records.PendingRun]"),
           "Runs in flight outside: their results belong into a later tick's `results`.")
      .def("snapshot", &ExecutionObject::snapshot,
           "The whole state as bytes, for `Program.restore`.\n\n"
           "Raises:\n"
           "    SnapshotRefused: a leaf cannot be saved while it runs.")
      .def("fork", &ExecutionObject::fork, "An independent copy with the same state.")
      .def("close", &ExecutionObject::close,
           "Shut the leaves of classes down; the execution cannot be ticked any more.")
      .def(
          "why",
          [](nb::handle self, nb::object node_id) {
            // Imported anew each time: a function that is kept would keep its module alive past
            // exit.
            return nb::object(
                nb::module_::import_("py_forest.engine.explain").attr("why")(self, node_id));
          },
          nb::arg("node_id"), nb::sig("def why(self, node_id: str) -> str"),
          "Say in sentences why a node has its status.")
      .def(
          "reload",
          [](nb::handle self, nb::object program, bool preserve_blackboard) {
            return nb::object(python_class("py_forest.engine.reload", "reload")(
                self, program, nb::arg("preserve_blackboard") = preserve_blackboard));
          },
          nb::arg("program"), nb::arg("preserve_blackboard") = true,
          nb::sig("def reload(self, program: py_forest.engine.program.Program, "
                  "preserve_blackboard: bool = True) -> tuple[Execution, "
                  "py_forest.engine.reload.ReloadReport]"),
          "Go on with another program from the present state; this execution is closed.")
      .def(
          "replay_record",
          [](ExecutionObject& self, nb::bytes record) {
            return self.replay(
                std::string_view(static_cast<const char*>(record.data()), record.size()));
          },
          nb::arg("record"), "Tick from a record's inputs and leaf answers.")
      .def("tick_with_answers", &ExecutionObject::tick_with_answers, nb::arg("updates").none(),
           nb::arg("now").none(), nb::arg("results").none(), nb::arg("overrides").none(),
           nb::arg("answers"),
           nb::sig("def tick_with_answers(self, updates: collections.abc.Mapping[str, object] | "
                   "None, now: float | None, results: collections.abc.Mapping[str, object] | None, "
                   "overrides: collections.abc.Mapping[str, object] | None, "
                   "answers: dict[str, object]) -> Outcome"),
           "Tick with given Results of the leaves by node id; none is called.")
      .def("reload_core", &ExecutionObject::reload, nb::arg("program"), nb::arg("core"),
           nb::arg("keep_blackboard"),
           nb::sig("def reload_core(self, program: object, core: ProgramCore, "
                   "keep_blackboard: bool) -> tuple[Execution, dict[str, object]]"))
      .def("memory_of", &ExecutionObject::memory_of, nb::arg("node_id"),
           "What a node remembers between ticks: its memory cells, as the nodes' headers name "
           "them.")
      .def("read_key", &ExecutionObject::read, nb::arg("key"), nb::arg("otherwise").none(),
           nb::sig("def read_key(self, key: str, otherwise: object) -> object"))
      .def(
          "write_key",
          [](ExecutionObject& self, nb::handle key, nb::handle value) {
            self.write(key, value, false);
          },
          nb::arg("key"), nb::arg("value").none(),
          nb::sig("def write_key(self, key: str, value: object) -> None"))
      .def(
          "unset_key",
          [](ExecutionObject& self, nb::handle key) { self.write(key, nb::none(), true); },
          nb::arg("key"), nb::sig("def unset_key(self, key: str) -> None"))
      .def("blackboard_dict", &ExecutionObject::blackboard_dict,
           nb::sig("def blackboard_dict(self) -> dict[str, object]"))
      .def_prop_ro(
          "blackboard",
          [](nb::handle self) {
            return nb::object(python_class("py_forest.engine.blackboard", "Blackboard")(self));
          },
          nb::for_getter(nb::sig("def blackboard(self) -> py_forest.engine.blackboard.Blackboard")),
          "The keys and values, to read and to write between ticks.")
      .def_prop_ro("program", &ExecutionObject::program,
                   nb::for_getter(nb::sig("def program(self) -> py_forest.engine.program.Program")))
      .def_prop_ro("header", &ExecutionObject::header,
                   "What a log of this execution's records begins with.")
      .def_prop_ro("tip", &ExecutionObject::tip,
                   nb::for_getter(nb::sig("def tip(self) -> str | None")),
                   "Id of the node that made the root's answer.")
      .def_prop_ro("errors", &ExecutionObject::errors,
                   nb::for_getter(nb::sig(
                       "def errors(self) -> tuple[py_forest.engine.records.LeafFailure, ...]")),
                   "Leaves that failed by an error in the last tick, without their exceptions.")
      .def_prop_ro(
          "status", [](ExecutionObject& self) { return status_object(self.state().root); },
          nb::for_getter(nb::sig("def status(self) -> py_forest.models.status.Status")),
          "The root's status.")
      .def_prop_ro("tick_count", [](ExecutionObject& self) { return self.state().ticks; })
      .def_prop_ro("seed", [](ExecutionObject& self) { return self.state().seed; })
      .def_prop_ro(
          "record", [](ExecutionObject& self) { return self.state().recording; },
          "Whether ticks are recorded.")
      .def_prop_ro(
          "now",
          [](ExecutionObject& self) -> nb::object {
            if (!self.state().has_time) return nb::none();
            return nb::cast(static_cast<double>(self.state().now) * 1e-9);
          },
          nb::for_getter(nb::sig("def now(self) -> float | None")),
          "Time of the last tick in seconds since 1970 UTC.");

  m.def("start", &start, nb::arg("core"), nb::arg("program"), nb::arg("seed"), nb::arg("record"),
        nb::arg("blackboard").none(),
        nb::sig("def start(core: ProgramCore, program: object, seed: int, record: bool, "
                "blackboard: dict[str, object] | None) -> Execution"));
  m.def("restore", &restore, nb::arg("core"), nb::arg("program"), nb::arg("blob"),
        nb::sig("def restore(core: ProgramCore, program: object, blob: bytes) -> Execution"));
  m.def("snapshot_in_header", &snapshot_in_header, nb::arg("header"));
}

}  // namespace pyforest
