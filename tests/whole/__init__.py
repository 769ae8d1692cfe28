"""Everything up: orders posted over HTTP live their life on real time, whatever is killed meanwhile."""
