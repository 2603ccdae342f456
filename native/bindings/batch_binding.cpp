#include "batch_binding.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include "program_object.h"
#include "pyforest/batch.h"
#include "pyforest/clock.h"
#include "pyforest/tick.h"
#include "python_leaves.h"

namespace nb = nanobind;

namespace pyforest {

namespace {

// Between two looks at Ctrl-C and two calls of a progress function.
constexpr auto kPatience = std::chrono::milliseconds(50);
// Fewer rows than this are decided before anyone could interrupt them.
constexpr std::int64_t kRowsInline = 100'000;

/// A table that came out of a batch; any Arrow library takes it from here.
struct ArrowTable {
  std::shared_ptr<const Table> table;

  std::int64_t rows() const {
    std::int64_t out = 0;
    for (const TableChunk& chunk : table->chunks) out += chunk.rows;
    return out;
  }
};

Table table_from_python(nb::handle object) {
  if (nb::hasattr(object, "__arrow_c_stream__")) {
    nb::object capsule = object.attr("__arrow_c_stream__")();
    auto* stream =
        static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), "arrow_array_stream"));
    if (stream == nullptr) nb::raise_python_error();
    return read_stream(stream);
  }
  if (nb::hasattr(object, "__arrow_c_array__")) {
    nb::object pair = object.attr("__arrow_c_array__")();
    nb::object schema_capsule = pair[0];
    nb::object array_capsule = pair[1];
    auto* schema =
        static_cast<ArrowSchema*>(PyCapsule_GetPointer(schema_capsule.ptr(), "arrow_schema"));
    auto* array =
        static_cast<ArrowArray*>(PyCapsule_GetPointer(array_capsule.ptr(), "arrow_array"));
    if (schema == nullptr || array == nullptr) nb::raise_python_error();
    return read_array(schema, array);
  }
  throw nb::type_error(
      "a table must offer the Arrow interface (`__arrow_c_stream__`): pyarrow, polars, pandas 2.2 "
      "and DuckDB tables do");
}

nb::object stream_capsule(const ArrowTable& self) {
  auto stream = std::make_unique<ArrowArrayStream>();
  write_stream(self.table, stream.get());
  PyObject* capsule = PyCapsule_New(stream.get(), "arrow_array_stream", [](PyObject* object) {
    auto* held = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(object, "arrow_array_stream"));
    if (held->release != nullptr) held->release(held);
    delete held;
  });
  if (capsule == nullptr) {
    stream->release(stream.get());
    nb::raise_python_error();
  }
  stream.release();
  return nb::steal(capsule);
}

/// Run in a thread of its own while this one looks after Ctrl-C and the progress function.
Table run_watched(const std::shared_ptr<const Program>& program, const Table& input,
                  BatchOptions options, nb::handle progress) {
  std::atomic<std::int64_t> done{0};
  std::atomic<bool> stop{false};
  std::atomic<bool> finished{false};
  options.done = &done;
  options.stop = &stop;
  Table result;
  std::exception_ptr failure;
  std::thread worker([&] {
    try {
      result = run_batch(program, input, options);
    } catch (...) {
      failure = std::current_exception();
    }
    finished = true;
  });
  std::optional<nb::python_error> interrupt;
  while (!finished) {
    {
      nb::gil_scoped_release release;
      std::this_thread::sleep_for(kPatience);
    }
    if (interrupt) continue;
    try {
      if (PyErr_CheckSignals() != 0) nb::raise_python_error();
      if (!progress.is_none()) progress(done.load());
    } catch (nb::python_error& error) {
      interrupt.emplace(error);
      stop = true;
    }
  }
  {
    nb::gil_scoped_release release;
    worker.join();
  }
  if (interrupt) throw nb::python_error(*interrupt);
  if (failure) std::rethrow_exception(failure);
  if (!progress.is_none()) progress(done.load());
  return result;
}

std::unique_ptr<ArrowTable> batch(ProgramCore& core, nb::object table,
                                  std::vector<std::string> outputs, unsigned threads,
                                  std::optional<double> now, std::uint64_t seed,
                                  std::uint32_t max_ticks, nb::object progress) {
  const Table input = table_from_python(table);
  BatchOptions options;
  options.outputs = std::move(outputs);
  options.threads = threads;
  options.seed = seed;
  options.max_ticks = max_ticks;
  options.now = wall_clock_ns();
  if (now && !to_nanoseconds(*now, options.now)) {
    throw nb::value_error("now must be finite seconds since 1970, within 292 years of it");
  }
  auto out = std::make_unique<ArrowTable>();
  if (core.program->calls_outside) {
    PythonLeaves leaves(core);
    options.host = &leaves;
    out->table = std::make_shared<const Table>(run_batch(core.program, input, options));
    if (nb::object interrupt = leaves.take_interrupt(); interrupt.is_valid()) {
      PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(interrupt.ptr())), interrupt.ptr());
      nb::raise_python_error();
    }
    return out;
  }
  std::int64_t rows = 0;
  for (const TableChunk& chunk : input.chunks) rows += chunk.rows;
  if (rows <= kRowsInline && progress.is_none()) {
    nb::gil_scoped_release release;
    out->table = std::make_shared<const Table>(run_batch(core.program, input, options));
  } else {
    out->table = std::make_shared<const Table>(run_watched(core.program, input, options, progress));
  }
  return out;
}

}  // namespace

void bind_batch(nb::module_& m) {
  nb::class_<ArrowTable>(m, "ArrowTable",
                         "A table of decisions; `pyarrow.table(t)`, `polars.DataFrame(t)` and "
                         "their like take it without copying.")
      .def(
          "__arrow_c_stream__", [](ArrowTable& self, nb::object) { return stream_capsule(self); },
          nb::arg("requested_schema") = nb::none(),
          nb::sig("def __arrow_c_stream__(self, requested_schema: object = None) -> object"))
      .def_prop_ro("num_rows", &ArrowTable::rows)
      .def("__len__", &ArrowTable::rows)
      .def_prop_ro("column_names", [](ArrowTable& self) {
        std::vector<std::string> out;
        for (const ColumnType& type : self.table->types) out.push_back(type.name);
        return out;
      });
  m.def("run_batch", &batch, nb::arg("core"), nb::arg("table"), nb::arg("outputs"),
        nb::arg("threads"), nb::arg("now").none(), nb::arg("seed"), nb::arg("max_ticks"),
        nb::arg("progress").none(),
        nb::sig("def run_batch(core: ProgramCore, table: object, outputs: list[str], threads: int, "
                "now: float | None, seed: int, max_ticks: int, "
                "progress: collections.abc.Callable[[int], object] | None) -> ArrowTable"));
}

}  // namespace pyforest
