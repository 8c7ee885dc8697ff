/** Tests of the live view. */
package dev.errand.cli.watch;
