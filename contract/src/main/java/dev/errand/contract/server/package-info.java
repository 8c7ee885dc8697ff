/**
 * Real servers and programs of others as test fixtures, each on a free port with a folder of its own: started, killed,
 * restarted and paused by tests, and by measurements. They end with this process, also when it is killed.
 */
@NullMarked
package dev.errand.contract.server;

import org.jspecify.annotations.NullMarked;
