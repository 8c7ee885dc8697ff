/** Tests of what is kept and shown beside the results. */
package dev.errand.cli.log;
