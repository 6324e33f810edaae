"""`python -m dtc_local` is `dtc-local`."""

from dtc_local.cli import main

if __name__ == "__main__":
    main()
