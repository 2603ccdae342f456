#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <cstring>
#include <stdexcept>

#include "convert.h"
#include "program_object.h"
#include "pyforest/random.h"
#include "python_side.h"

namespace nb = nanobind;

namespace pyforest {

ProgramCore::~ProgramCore() {
  for (CachedKey& entry : cache_) Py_XDECREF(entry.key);
}

int ProgramCore::traverse(visitproc visit, void* arg) {
  for (auto& [node, leaf] : leaves) {
    if (leaf.target.is_valid()) Py_VISIT(leaf.target.ptr());
  }
  return 0;
}

void ProgramCore::clear() { leaves.clear(); }

std::int32_t ProgramCore::find_slot(PyObject* key, std::size_t at) {
  if (!PyUnicode_Check(key)) {
    throw nb::type_error("blackboard keys are strings");
  }
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(key, &size);
  if (text == nullptr) nb::raise_python_error();
  const std::int32_t slot =
      program->find_slot(std::string_view(text, static_cast<std::size_t>(size)));
  // A subclass of str may compare as it likes, so only true strings are kept.
  if (PyUnicode_CheckExact(key) && slot >= 0) {
    Py_INCREF(key);
    Py_XDECREF(cache_[at].key);
    cache_[at] = {key, slot};
  }
  return slot;
}

namespace {

Value value_of(nb::handle object) {
  Value out;
  std::string error;
  if (!value_from_python(object.ptr(), out, error)) throw std::invalid_argument(error);
  return out;
}

SlotType slot_type(std::string_view name) {
  constexpr std::pair<std::string_view, SlotType> kTypes[] = {
      {"any", SlotType::kAny},       {"int", SlotType::kInt},   {"float", SlotType::kFloat},
      {"string", SlotType::kString}, {"bool", SlotType::kBool}, {"array", SlotType::kArray},
      {"object", SlotType::kObject},
  };
  for (const auto& [known, type] : kTypes) {
    if (known == name) return type;
  }
  throw std::invalid_argument("unknown blackboard type `" + std::string(name) + "`");
}

std::vector<NodeSpec> specs_of(nb::list nodes) {
  std::vector<NodeSpec> out;
  out.reserve(nodes.size());
  for (nb::handle item : nodes) {
    const auto node = nb::borrow<nb::tuple>(item);
    NodeSpec spec;
    const int kind = nb::cast<int>(node[0]);
    if (kind < 0 || kind >= kNodeKinds) throw std::invalid_argument("unknown node kind");
    spec.kind = static_cast<NodeKind>(kind);
    spec.scope = nb::cast<std::uint32_t>(node[1]);
    spec.child_count = nb::cast<std::uint32_t>(node[2]);
    spec.id = nb::cast<std::string>(node[3]);
    spec.config = value_of(node[4]);
    out.push_back(std::move(spec));
  }
  return out;
}

std::vector<Scope> scopes_of(nb::list scopes) {
  std::vector<Scope> out;
  for (nb::handle item : scopes) {
    const auto entry = nb::borrow<nb::tuple>(item);
    Scope scope;
    scope.parent = nb::cast<std::int32_t>(entry[0]);
    scope.prefix = nb::cast<std::string>(entry[2]);
    scope.shares_all = nb::handle(entry[1]).is_none();
    if (scope.parent >= static_cast<std::int32_t>(out.size())) {
      throw std::invalid_argument("a scope comes before its parent");
    }
    if (!scope.shares_all) {
      for (auto [inner, outer] : nb::borrow<nb::dict>(entry[1])) {
        if (nb::isinstance<nb::tuple>(outer)) {
          scope.constants.emplace(nb::cast<std::string>(inner),
                                  value_of(nb::borrow<nb::tuple>(outer)[0]));
        } else {
          scope.wires.emplace(nb::cast<std::string>(inner), nb::cast<std::string>(outer));
        }
      }
    }
    out.push_back(std::move(scope));
  }
  return out;
}

std::vector<Slot> slots_of(nb::list variables) {
  std::vector<Slot> out;
  for (nb::handle item : variables) {
    const auto entry = nb::borrow<nb::tuple>(item);
    Slot slot;
    slot.name = nb::cast<std::string>(entry[0]);
    slot.type = slot_type(nb::cast<std::string>(entry[1]));
    if (nb::cast<bool>(entry[2])) {
      slot.initial = value_of(entry[3]);
      slot.nullable = slot.initial.is_null();
    }
    if (!nb::handle(entry[4]).is_none()) slot.minimum = nb::cast<double>(entry[4]);
    if (!nb::handle(entry[5]).is_none()) slot.maximum = nb::cast<double>(entry[5]);
    if (!nb::handle(entry[6]).is_none()) {
      for (nb::handle choice : entry[6]) slot.choices.push_back(value_of(choice));
    }
    std::string error;
    if (!conform(slot, slot.initial, error)) throw std::invalid_argument(error);
    out.push_back(std::move(slot));
  }
  return out;
}

void take_leaves(ProgramCore& core, nb::handle leaves) {
  if (leaves.is_none()) return;
  for (auto [index, item] : nb::borrow<nb::dict>(leaves)) {
    const auto entry = nb::borrow<nb::tuple>(item);
    const auto node = nb::cast<std::uint32_t>(index);
    LeafObject leaf;
    const std::string kind = nb::cast<std::string>(entry[0]);
    if (kind != "function" && kind != "class") {
      throw std::invalid_argument("unknown kind of leaf `" + kind + "`");
    }
    leaf.kind = kind == "function" ? LeafObject::Kind::kFunction : LeafObject::Kind::kClass;
    leaf.target = nb::borrow(entry[1]);
    const auto& config = core.program->outside.at(core.program->nodes.at(node).config);
    for (const auto& argument : config.arguments) {
      leaf.names.push_back(nb::steal(PyUnicode_InternFromString(argument.name.c_str())));
    }
    auto positions = [&](nb::handle names) {
      std::vector<std::uint32_t> out;
      for (nb::handle name : names) {
        const std::string wanted = nb::cast<std::string>(name);
        for (std::uint32_t i = 0; i < config.arguments.size(); ++i) {
          if (config.arguments[i].name == wanted) out.push_back(i);
        }
      }
      return out;
    };
    if (leaf.kind == LeafObject::Kind::kFunction) {
      leaf.positional = nb::cast<std::size_t>(entry[2]);
      for (std::uint32_t i = 0; i < config.arguments.size(); ++i) leaf.updating.push_back(i);
      if (leaf.positional > leaf.updating.size()) {
        throw std::invalid_argument("a leaf has fewer arguments than positions");
      }
    } else {
      leaf.starting = positions(entry[2]);
      leaf.updating = positions(entry[3]);
    }
    core.leaves.emplace(node, std::move(leaf));
  }
}

std::unique_ptr<ProgramCore> build(nb::list nodes, nb::list scopes, nb::list variables,
                                   const std::string& error_policy, nb::bytes program_hash,
                                   nb::object leaves) {
  ProgramOptions options;
  options.error_policy = error_policy == "raise" ? ErrorPolicy::kRaise : ErrorPolicy::kFail;
  if (program_hash.size() != options.hash.size()) {
    throw std::invalid_argument("a program's hash has 32 bytes");
  }
  std::memcpy(options.hash.data(), program_hash.data(), options.hash.size());
  auto core = std::make_unique<ProgramCore>();
  core->program = Program::build(specs_of(nodes), scopes_of(scopes), slots_of(variables), options);
  take_leaves(*core, leaves);
  return core;
}

int traverse_program(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  if (!nb::inst_ready(self)) return 0;
  return nb::inst_ptr<ProgramCore>(self)->traverse(visit, arg);
}

int clear_program(PyObject* self) {
  if (nb::inst_ready(self)) nb::inst_ptr<ProgramCore>(self)->clear();
  return 0;
}

PyType_Slot kProgramSlots[] = {
    {Py_tp_traverse, reinterpret_cast<void*>(traverse_program)},
    {Py_tp_clear, reinterpret_cast<void*>(clear_program)},
    {0, nullptr},
};

}  // namespace

void bind_program(nb::module_& m) {
  nb::dict kinds;
  for (std::uint8_t i = 0; i < kNodeKinds; ++i) {
    const auto name = kind_name(static_cast<NodeKind>(i));
    kinds[nb::str(name.data(), name.size())] = i;
  }
  m.attr("KINDS") = kinds;

  nb::class_<ProgramCore>(m, "ProgramCore", nb::type_slots(kProgramSlots),
                          "A compiled tree; `py_forest.engine.Program` wraps it.")
      .def_prop_ro("node_count", [](ProgramCore& self) { return self.program->size(); })
      .def_prop_ro("depth", [](ProgramCore& self) { return self.program->depth; })
      .def_prop_ro("node_ids", [](ProgramCore& self) { return self.program->ids; })
      .def_prop_ro(
          "variables",
          [](ProgramCore& self) {
            std::vector<std::string> out;
            for (const Slot& slot : self.program->slots) {
              if (!slot.hidden && slot.name.find('/') == std::string::npos) {
                out.push_back(slot.name);
              }
            }
            return out;
          },
          "Blackboard keys that the program declares or names.")
      .def_prop_ro("calls_outside", [](ProgramCore& self) { return self.program->calls_outside; })
      .def(
          "find_node",
          [](ProgramCore& self, const std::string& id) -> nb::object {
            const std::uint32_t index = self.program->find_node(id);
            return index == kNone ? nb::none() : nb::cast(index);
          },
          nb::arg("node_id"), nb::sig("def find_node(self, node_id: str) -> int | None"))
      .def(
          "parent_of",
          [](ProgramCore& self, std::uint32_t index) -> nb::object {
            if (index >= self.program->size()) throw nb::index_error("no such node");
            const std::uint32_t parent = self.program->parent_of(index);
            return parent == kNone ? nb::none() : nb::cast(parent);
          },
          nb::arg("index"), nb::sig("def parent_of(self, index: int) -> int | None"))
      .def(
          "children_of",
          [](ProgramCore& self, std::uint32_t index) {
            if (index >= self.program->size()) throw nb::index_error("no such node");
            std::vector<std::uint32_t> out;
            const auto& nodes = self.program->nodes;
            for (std::uint32_t child = index + 1; child < nodes[index].end;
                 child = nodes[child].end) {
              out.push_back(child);
            }
            return out;
          },
          nb::arg("index"))
      .def(
          "reads_of",
          [](ProgramCore& self, std::uint32_t index) {
            if (index >= self.program->size()) throw nb::index_error("no such node");
            return reads_of(*self.program, index);
          },
          nb::arg("index"), "Keys that the node at `index` reads, as the outside names them.")
      .def(
          "writes_of",
          [](ProgramCore& self, std::uint32_t index) {
            if (index >= self.program->size()) throw nb::index_error("no such node");
            return writes_of(*self.program, index);
          },
          nb::arg("index"),
          "Keys that the node at `index` writes by its definition, as the outside names them.");

  m.def(
      "derive_id",
      [](std::string_view parent, std::string_view label, std::uint64_t occurrence) {
        return derive_id(parent, label, occurrence);
      },
      nb::arg("parent"), nb::arg("label"), nb::arg("occurrence"),
      "Id of a node that has none: stable as long as its parent, label and place among equal "
      "labels are.");
  m.def("build", &build, nb::arg("nodes"), nb::arg("scopes"), nb::arg("variables"), nb::kw_only(),
        nb::arg("error_policy"), nb::arg("program_hash"), nb::arg("leaves") = nb::none(),
        nb::sig("def build(nodes: list[tuple[int, int, int, str, dict[str, object]]], "
                "scopes: collections.abc.Sequence[tuple[int, object, str]], "
                "variables: list[tuple[str, str, bool, object, float | None, float | None, "
                "list[object] | None]], *, error_policy: str, program_hash: bytes, "
                "leaves: dict[int, tuple[object, ...]] | None = None) -> ProgramCore"),
        "Compile a flat program; raises ValueError for what validation should have refused.");
}

}  // namespace pyforest
