#include "tests/sweep/fake_slurm.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace hypar::test {

FakeSlurm::FakeSlurm() : old_path_(std::getenv("PATH")) {
    std::string name = (std::filesystem::temp_directory_path() / "hypar-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    folder_ = name;
    write_command("sbatch", "echo \"$*\" >>submissions; wc -l <submissions");
    set_max_array_size(1001);
    show_queue("");
    ::setenv("PATH", (folder_.string() + ":" + old_path_).c_str(), 1);
}

FakeSlurm::~FakeSlurm() {
    ::setenv("PATH", old_path_.c_str(), 1);
    std::filesystem::remove_all(folder_);
}

void FakeSlurm::show_queue(const std::string& lines) const {
    std::ofstream(folder_ / "queue") << lines;
    write_command("squeue", "cat queue");
}

void FakeSlurm::break_squeue() const { write_command("squeue", "echo 'squeue: the controller is away' >&2; exit 1"); }

void FakeSlurm::refuse(const std::string& words) const {
    write_command("sbatch", "echo '" + words + "' >&2; exit 1");
}

void FakeSlurm::set_max_array_size(int size) const {
    write_command("scontrol", "echo 'MaxArraySize            = " + std::to_string(size) + "'");
}

std::vector<std::string> FakeSlurm::submissions() const {
    std::vector<std::string> lines;
    std::ifstream file(folder_ / "submissions");
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

void FakeSlurm::write_command(const std::string& name, const std::string& script) const {
    std::ofstream(folder_ / name) << "#!/bin/sh\ncd '" << folder_.string() << "' || exit 1\n" << script << "\n";
    std::filesystem::permissions(folder_ / name, std::filesystem::perms(0755));
}

}  // namespace hypar::test
