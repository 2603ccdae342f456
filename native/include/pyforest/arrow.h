// Tables in and out by the Arrow C data and stream interfaces, without a library.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

// The binary interface that the Arrow format fixes; names and layout must be exactly these.
// Source: https://arrow.apache.org/docs/format/CDataInterface.html
extern "C" {
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  std::int64_t flags;
  std::int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  std::int64_t length;
  std::int64_t null_count;
  std::int64_t offset;
  std::int64_t n_buffers;
  std::int64_t n_children;
  const void** buffers;
  ArrowArray** children;
  ArrowArray* dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};

struct ArrowArrayStream {
  int (*get_schema)(ArrowArrayStream*, ArrowSchema*);
  int (*get_next)(ArrowArrayStream*, ArrowArray*);
  const char* (*get_last_error)(ArrowArrayStream*);
  void (*release)(ArrowArrayStream*);
  void* private_data;
};
}

namespace pyforest {

inline constexpr std::int64_t kArrowNullable = 2;

/// A column's type: its format string, name and whatever is nested in it.
struct ColumnType {
  std::string format;
  std::string name;
  std::string metadata;  ///< as its bytes stand in the interface, empty for none
  std::int64_t flags = kArrowNullable;
  std::vector<ColumnType> children;
  std::unique_ptr<ColumnType> dictionary;
};

/// A column's values; `owner` keeps its buffers alive.
struct Column {
  std::int64_t length = 0;
  std::int64_t null_count = -1;  ///< -1 = not counted
  std::int64_t offset = 0;
  std::vector<const void*> buffers;
  std::vector<Column> children;
  std::unique_ptr<Column> dictionary;
  std::shared_ptr<const void> owner;
};

/// A part of a table: columns of equal length.
struct TableChunk {
  std::int64_t rows = 0;
  std::vector<Column> columns;
};

struct Table {
  std::vector<ColumnType> types;
  std::vector<TableChunk> chunks;
};

/// Take a stream over; throws std::invalid_argument for one that is broken or no table.
Table read_stream(ArrowArrayStream* stream);

/// Take one batch over; the same errors.
Table read_array(ArrowSchema* schema, ArrowArray* array);

/// Export the table; the stream shares its buffers and may outlive it.
void write_stream(std::shared_ptr<const Table> table, ArrowArrayStream* out);

/// Copy a column's description; its buffers are shared.
Column share_column(const Column& column);
ColumnType copy_type(const ColumnType& type);

}  // namespace pyforest
