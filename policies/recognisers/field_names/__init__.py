"""What names of fields say they hold, in Chinese, pinyin, English and all that is put together of these."""
