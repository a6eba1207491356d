#pragma once

#include <string>
#include <vector>

namespace hypar {

/// Reads and validates a file of any kind; says in one line what it is, of a sweep also what its conditions drop.
std::string check_file(const std::string& path);

/// A file that comes with the program and can be referred to by name.
struct Named {
    std::string name;
    std::string description;
};

std::vector<Named> list_networks();
std::vector<Named> list_arrays();
std::vector<Named> list_experiments();
std::vector<Named> list_sweeps();

}  // namespace hypar
