// What a Python `Program` holds of the native engine.
#pragma once

#include <nanobind/nanobind.h>

#include <array>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pyforest/program.h"

namespace pyforest {

/// The Python leaves of a program, by node.
struct LeafObject {
  enum class Kind : std::uint8_t { kFunction, kClass };
  Kind kind{};
  nanobind::object target;              ///< the function, or the class's factory
  std::size_t positional = 0;           ///< arguments that go by position
  std::vector<nanobind::object> names;  ///< argument names, interned
  std::vector<std::uint32_t> starting;  ///< arguments of a class's `initialise`
  std::vector<std::uint32_t> updating;  ///< arguments of the function, or of a class's `update`
};

class ProgramCore {
 public:
  std::shared_ptr<const Program> program;
  std::unordered_map<std::uint32_t, LeafObject> leaves;

  /// The slot of a blackboard key, or -1; answers a key seen before by its address alone.
  std::int32_t slot_of(PyObject* key) {
    const auto at = (reinterpret_cast<std::uintptr_t>(key) >> 4U) & (kCacheSize - 1);
    if (cache_[at].key == key) return cache_[at].slot;
    return find_slot(key, at);
  }

  ProgramCore() = default;
  ProgramCore(const ProgramCore&) = delete;
  ProgramCore& operator=(const ProgramCore&) = delete;
  ~ProgramCore();

  int traverse(visitproc visit, void* arg);
  void clear();

 private:
  static constexpr std::size_t kCacheSize = 256;
  struct CachedKey {
    PyObject* key = nullptr;  // owned: an address must not be given to another string
    std::int32_t slot = -1;
  };

  std::int32_t find_slot(PyObject* key, std::size_t at);

  std::array<CachedKey, kCacheSize> cache_{};
};

void bind_program(nanobind::module_& m);

}  // namespace pyforest
