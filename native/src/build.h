// Compiling a definition's nodes into a program. Private to build*.cpp.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pyforest/program.h"

namespace pyforest {

/// The key that a node of `scope` means by `name`. A key wired to a constant is private to its
/// subtree and begins with the constant, which `initial` is set to.
std::string scoped_key(const std::vector<Scope>& scopes, std::uint32_t scope, std::string_view name,
                       const Value** initial);

/// Reads one node's config; every error names the node.
class ConfigReader {
 public:
  ConfigReader(const NodeSpec& spec) : spec_(spec) {}

  [[noreturn]] void refuse(const std::string& what) const;
  const Value* find(std::string_view key) const;
  const Value& require(std::string_view key) const;
  std::string_view text(std::string_view key) const;
  std::string_view text_or(std::string_view key, std::string_view otherwise) const;
  std::int64_t integer_or(std::string_view key, std::int64_t otherwise) const;
  double number_or(std::string_view key, double otherwise) const;
  bool boolean_or(std::string_view key, bool otherwise) const;
  Status status_or(std::string_view key, Status otherwise) const;
  Status status_of(const Value& value) const;
  std::int64_t nanoseconds_or(std::string_view key, double otherwise) const;

  const NodeSpec& spec() const { return spec_; }

 private:
  const NodeSpec& spec_;
};

class Builder;

/// Resolves names as a node of one scope sees them.
class ScopedNames : public NameResolver {
 public:
  ScopedNames(Builder& builder, std::uint32_t scope) : builder_(builder), scope_(scope) {}
  std::int32_t slot_of(std::string_view name) override;

 private:
  Builder& builder_;
  std::uint32_t scope_;
};

class Builder {
 public:
  Builder(Program& program, const std::vector<NodeSpec>& specs)
      : program_(program), specs_(specs) {}

  void run();

 private:
  struct Open {
    std::uint32_t node;
    std::uint32_t left;
  };

  void lay_out();
  void configure(std::uint32_t index);
  void configure_composite(std::uint32_t index, const ConfigReader& config);
  void configure_decorator(std::uint32_t index, const ConfigReader& config);
  void configure_leaf(std::uint32_t index, const ConfigReader& config);
  void configure_parallel(std::uint32_t index, const ConfigReader& config);
  void configure_switch(std::uint32_t index, const ConfigReader& config);
  void configure_choice(std::uint32_t index, const ConfigReader& config);
  void configure_condition(std::uint32_t index, const ConfigReader& config);
  void configure_write(std::uint32_t index, const ConfigReader& config);
  void configure_log(std::uint32_t index, const ConfigReader& config);
  void configure_table(std::uint32_t index, const ConfigReader& config);
  void configure_outside(std::uint32_t index, const ConfigReader& config);

  std::vector<std::uint32_t> children_of(std::uint32_t index) const;
  std::uint32_t cells(std::uint32_t count);
  std::uint32_t expression(std::string_view text, std::uint32_t scope, const ConfigReader& config);
  /// The text of a structured condition: `bb["variable"] OP value`.
  std::string condition_text(const ConfigReader& config) const;
  Duration duration(std::string_view key, const ConfigReader& config);
  std::int32_t slot_of(std::string_view name, std::uint32_t scope);
  std::int32_t hidden_slot(std::uint32_t index, const char* what);
  TableConfig::Output output(const std::string& key, const Value& value,
                             const ConfigReader& config);

  friend class ScopedNames;

  Program& program_;
  const std::vector<NodeSpec>& specs_;
  std::map<std::pair<std::uint32_t, std::string>, std::uint32_t> known_expressions_;
};

}  // namespace pyforest
