#pragma once

#include <functional>
#include <string>

#include "sweep/results/database.h"

namespace hypar {

/// Waits for other processes to let go of a sweep's results, and calls `say` with what it waits for when that has
/// taken two seconds: to write them until Ctrl-C, to read them for a minute.
Database::Waiting waiting_to_write(std::function<void(const std::string&)> say);
Database::Waiting waiting_to_read(std::function<void(const std::string&)> say);

}  // namespace hypar
