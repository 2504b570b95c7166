"""Starts the script: `python -m service_account_legacy`, or the file `job` beside this one."""

import os
import sys

from service_account.command import run
from service_account_legacy.resource_owner import tokens_for

sys.exit(run(sys.argv[1:], os.environ, tokens_for, program="samples/service_account_legacy/job"))
