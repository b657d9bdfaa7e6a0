# What the tests of the packages share. PACKAGES: where run.sh has built them.
# shellcheck shell=bash

deb() { echo "$PACKAGES"/first/out/"$1"_[0-9]*_amd64.deb; }

# The package NAME once more, with a higher version.
newer() {
	rm -rf /tmp/newer
	dpkg-deb -R "$(deb "$1")" /tmp/newer
	sed -i 's/^Version: .*/Version: 99.0/; s/(= [^)]*)/(= 99.0)/' /tmp/newer/DEBIAN/control
	dpkg-deb --root-owner-group -b /tmp/newer "/tmp/$1_99.0_amd64.deb" >/dev/null
}
