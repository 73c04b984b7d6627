# SPDX-License-Identifier: GPL-3.0-or-later
"""utils/aws-emulator/install where all is there."""
import os
import shutil
import subprocess
import tempfile
import unittest

INSTALL = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "aws-emulator", "install")


class AwsEmulatorInstallTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copy(INSTALL, self.folder)
        os.makedirs(os.path.join(self.folder, ".venv", "bin"))
        os.symlink("/bin/true", os.path.join(self.folder, ".venv", "bin", "python"))
        for name in ("requirements.txt", ".venv/requirements.txt"):
            with open(os.path.join(self.folder, name), "w") as file:
                file.write("moto\n")

    def test_what_is_there_needs_no_lock(self):
        os.mkdir(os.path.join(self.folder, ".venv.lock"))  # nobody can open it for writing, not even root

        result = subprocess.run([os.path.join(self.folder, "install")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

        self.assertEqual((0, b""), (result.returncode, result.stdout))


if __name__ == "__main__":
    unittest.main()
