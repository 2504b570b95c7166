"""Starts the script: `python -m service_account`, or the file `job` beside this one."""

import os
import sys

from service_account.client_credentials import tokens_for
from service_account.command import run

sys.exit(run(sys.argv[1:], os.environ, tokens_for, program="samples/service_account/job"))
