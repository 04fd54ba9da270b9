// Scenarios: the same commands with sentry-cli 2, which uses project URLs when it knows exactly one project (clients 1).
import { describeSentryCli } from './support/sentryCli/describeSentryCli.ts';

describeSentryCli(2);
