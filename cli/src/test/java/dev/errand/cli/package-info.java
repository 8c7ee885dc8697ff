/** Tests of the command line. */
package dev.errand.cli;
