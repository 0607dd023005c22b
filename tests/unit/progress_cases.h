/* Made by make_progress_cases.py with the real tqdm: what it shows for given numbers, and byte by byte over time. */
/* clang-format off */

static const meter_case meter_cases[] = {
	{{0, 30, .columns = FREE},
	 "  0%|          | 0/30 [00:00<?, ?it/s]"},
	{{13, 30, .elapsed = 2.55, .rate = 5.1, .columns = FREE, .prefix = "train"},
	 "train:  43%|████▎     | 13/30 [00:02<00:03,  5.10it/s]"},
	{{30, 30, .elapsed = 5.9, .columns = FREE},
	 "100%|██████████| 30/30 [00:05<00:00,  5.08it/s]"},
	{{1, 3, .elapsed = 10.0, .columns = FREE},
	 " 33%|███▎      | 1/3 [00:10<00:20, 10.00s/it]"},
	{{2, 3, .elapsed = 20.5, .columns = FREE, .prefix = "epoch"},
	 "epoch:  67%|██████▋   | 2/3 [00:20<00:10, 10.25s/it]"},
	{{1, 1000, .elapsed = 0.01, .columns = FREE},
	 "  0%|          | 1/1000 [00:00<00:09, 100.00it/s]"},
	{{999, 1000, .elapsed = 86399.0, .columns = FREE},
	 "100%|█████████▉| 999/1000 [23:59:59<01:26, 86.49s/it]"},
	{{500, 1000, .elapsed = 3600.0, .columns = FREE, .prefix = "long"},
	 "long:  50%|█████     | 500/1000 [1:00:00<1:00:00,  7.20s/it]"},
	{{500, 1000, .elapsed = 360000.0, .columns = FREE, .prefix = "long"},
	 "long:  50%|█████     | 500/1000 [100:00:00<100:00:00, 720.00s/it]"},
	{{31, 30, .elapsed = 5.9, .columns = FREE},
	 "31it [00:05,  5.25it/s]"},
	{{5, -1, .elapsed = 2.0, .columns = FREE},
	 "5it [00:02,  2.50it/s]"},
	{{5, -1, .columns = FREE},
	 "5it [00:00, ?it/s]"},
	{{5, -1, .elapsed = 7.0, .columns = FREE, .prefix = "データ", .unit = "枚"},
	 "データ: 5枚 [00:07,  1.40s/枚]"},
	{{5, 0, .elapsed = 2.0, .columns = FREE},
	 "5it [00:02,  2.50it/s]"},
	{{0, 0, .columns = FREE},
	 "0it [00:00, ?it/s]"},
	{{0, 10, .elapsed = 4.0, .columns = FREE},
	 "  0%|          | 0/10 [00:04<?, ?it/s]"},
	{{3, 10, .initial = 1, .elapsed = 4.0, .columns = FREE},
	 " 30%|███       | 3/10 [00:04<00:14,  2.00s/it]"},
	{{3, 10, .initial = 3, .elapsed = 4.0, .columns = FREE},
	 " 30%|███       | 3/10 [00:04<?, ?it/s]"},
	{{-2, 10, .elapsed = 4.0, .columns = FREE},
	 "-20%|          | -2/10 [00:04<-00:24, -0.50it/s]"},
	{{2, 10, .initial = 5, .elapsed = 4.0, .columns = FREE},
	 " 20%|██        | 2/10 [00:04<-00:10, -0.75it/s]"},
	{{7, 10, .elapsed = 1.0, .columns = FREE, .ascii = true},
	 " 70%|#######   | 7/10 [00:01<00:00,  7.00it/s]"},
	{{47, 100, .elapsed = 1.0, .columns = 60, .ascii = true},
	 " 47%|##########3           | 47/100 [00:01<00:01, 47.00it/s]"},
	{{47, 100, .elapsed = 1.0, .columns = 80},
	 " 47%|███████████████████▋                      | 47/100 [00:01<00:01, 47.00it/s]"},
	{{47, 100, .elapsed = 1.0, .columns = 80, .prefix = "学習", .postfix = "loss=0.123"},
	 "学習:  47%|███████████▎            | 47/100 [00:01<00:01, 47.00it/s, loss=0.123]"},
	{{47, 100, .elapsed = 1.0, .columns = 40, .prefix = "train"},
	 "train:  47%|▍| 47/100 [00:01<00:01, 47.0"},
	{{47, 100, .elapsed = 1.0, .columns = 20, .prefix = "train"},
	 "train:  47%|▍| 47/10"},
	{{47, 100, .elapsed = 1.0, .columns = 21, .prefix = "とても長い説明の文字列"},
	 "とても長い説明の文字"},
	{{47, 100, .elapsed = 1.0, .columns = 22, .prefix = "とても長い説明の文字列"},
	 "とても長い説明の文字列"},
	{{47, 100, .elapsed = 1.0, .columns = 6, .prefix = "train"},
	 "train:"},
	{{47, 100, .elapsed = 1.0, .columns = 1},
	 " "},
	{{47, 100, .elapsed = 1.0, .prefix = "train"},
	 "train:  47% 47/100 [00:01<00:01, 47.00it/s]"},
	{{47, -1, .elapsed = 1.0, .columns = 12, .prefix = "train"},
	 "train: 47it "},
	{{47, -1, .elapsed = 1.0, .prefix = "train"},
	 "train: 47it [00:01, 47.00it/s]"},
	{{47, 100, .elapsed = 1.0, .columns = 70, .prefix = "\033[31mred\033[0m"},
	 "\033[31mred\033[0m:  47%|████████████▋              | 47/100 [00:01<00:01, 47.00it/s]\033[0m"},
	{{47, 100, .elapsed = 1.0, .columns = 10, .prefix = "\033[31mred and long\033[0m"},
	 "\033[31mred and lo\033[0m"},
	{{47, 100, .elapsed = 1.0, .columns = FREE, .prefix = "ends: "},
	 "ends:  47%|████▋     | 47/100 [00:01<00:01, 47.00it/s]"},
	{{47, 100, .elapsed = 1.0, .columns = FREE, .prefix = "ends:"},
	 "ends::  47%|████▋     | 47/100 [00:01<00:01, 47.00it/s]"},
	{{12345, 67890, .elapsed = 3.5, .columns = FREE, .unit_scale = true},
	 " 18%|█▊        | 12.3k/67.9k [00:03<00:15, 3.53kit/s]"},
	{{12345, 67890, .elapsed = 3.5, .columns = FREE, .unit = "B", .unit_scale = true, .unit_divisor = 1024},
	 " 18%|█▊        | 12.1k/66.3k [00:03<00:15, 3.53kB/s]"},
	{{999499, 1000000000000, .elapsed = 3.5, .columns = FREE, .unit_scale = true},
	 "  0%|          | 999k/1.00T [00:03<972:42:30, 286kit/s]"},
	{{999500, 1000000000000, .elapsed = 3.5, .columns = FREE, .unit_scale = true},
	 "  0%|          | 1.00M/1.00T [00:03<972:42:27, 286kit/s]"},
	{{99949, 1000000000000000000, .elapsed = 1e-09, .columns = FREE, .unit = "B", .unit_scale = true},
	 "  0%|          | 99.9k/1.00E [00:00<2:46:45, 99.9TB/s]"},
	{{9223372036854775807, 9223372036854775807, .elapsed = 1.0, .columns = FREE, .unit_scale = true},
	 "100%|██████████| 9.22E/9.22E [00:01<00:00, 9.22Eit/s]"},
	{{9223372036854775806, 9223372036854775807, .elapsed = 1.0, .columns = FREE},
	 "100%|██████████| 9223372036854775806/9223372036854775807 [00:01<00:00, 9223372036854775808.00it/s]"},
	{{1, 10, .elapsed = 3000.0, .columns = FREE, .unit_scale = true},
	 " 10%|█         | 1.00/10.0 [50:00<7:30:00, 3.00ks/it]"},
	{{1, 10, .elapsed = 3000.0, .columns = FREE},
	 " 10%|█         | 1/10 [50:00<7:30:00, 3000.00s/it]"},
	{{1, 100, .elapsed = 0.3, .rate = 0.333, .columns = FREE},
	 "  1%|          | 1/100 [00:00<04:57,  3.00s/it]"},
	{{1, 100, .elapsed = 0.3, .rate = 1.0, .columns = FREE},
	 "  1%|          | 1/100 [00:00<01:39,  1.00it/s]"},
	{{1, 100, .elapsed = 0.3, .rate = 0.99999, .columns = FREE},
	 "  1%|          | 1/100 [00:00<01:39,  1.00s/it]"},
	{{1, 100, .elapsed = 0.3, .rate = 1.00001, .columns = FREE},
	 "  1%|          | 1/100 [00:00<01:38,  1.00it/s]"},
	{{1, 100, .elapsed = 0.3, .rate = 12345.678, .columns = FREE},
	 "  1%|          | 1/100 [00:00<00:00, 12345.68it/s]"},
	{{1, 100, .elapsed = 0.3, .rate = 1000000000000.0, .columns = FREE},
	 "  1%|          | 1/100 [00:00<00:00, 1000000000000.00it/s]"},
	{{1, 1000, .elapsed = 0.3, .rate = 1e-07, .columns = FREE},
	 "  0%|          | 1/1000 [00:00<2775000:00:00, 10000000.00s/it]"},
	{{1, 100, .elapsed = 0.3, .rate = -4.0, .columns = FREE},
	 "  1%|          | 1/100 [00:00<-00:24, -4.00it/s]"},
	{{1, 100, .elapsed = 0.3, .rate = 2.675, .columns = FREE, .unit = "batch"},
	 "  1%|          | 1/100 [00:00<00:37,  2.67batch/s]"},
	{{1, 100, .elapsed = 59.9999, .columns = FREE},
	 "  1%|          | 1/100 [00:59<1:38:59, 60.00s/it]"},
	{{50, 100, .elapsed = 60.0, .columns = FREE, .postfix = "loss=0.1, accuracy=0.97"},
	 " 50%|█████     | 50/100 [01:00<01:00,  1.20s/it, loss=0.1, accuracy=0.97]"},
	{{123, 200, .elapsed = 1.0, .columns = FREE},
	 " 62%|██████▏   | 123/200 [00:01<00:00, 123.00it/s]"},
	{{125, 200, .elapsed = 1.0, .columns = FREE},
	 " 62%|██████▎   | 125/200 [00:01<00:00, 125.00it/s]"},
	{{1, 8, .elapsed = 1.0, .columns = 48},
	 " 12%|█▋           | 1/8 [00:01<00:07,  1.00it/s]"},
	{{995, 1000, .elapsed = 1.0, .columns = FREE},
	 "100%|█████████▉| 995/1000 [00:01<00:00, 995.00it/s]"},
	{{5, 1000, .elapsed = 1.0, .columns = FREE},
	 "  0%|          | 5/1000 [00:01<03:19,  5.00it/s]"},
	{{15, 1000, .elapsed = 1.0, .columns = FREE},
	 "  2%|▏         | 15/1000 [00:01<01:05, 15.00it/s]"},
};

static const scenario scenarios[] = {
	{.bars = {{.total = 4, .options = {.size = sizeof(sj_progress_options), .description = "train"}}},
	 .bar_count = 1,
	 .steps = {
		{0.25, 0, STEP_UPDATE, 1, NULL},
		{0.25, 0, STEP_UPDATE, 1, NULL},
		{0.5, 0, STEP_UPDATE, 1, NULL},
		{0.5, 0, STEP_UPDATE, 1, NULL},
		{0.125, 0, STEP_END, 0, NULL},
	 },
	 .step_count = 5,
	 .expected =
		"\rtrain:   0%|          | 0/4 [00:00<?, ?it/s]"
		"\rtrain:  25%|██▌       | 1/4 [00:00<00:00,  4.00it/s]"
		"\rtrain:  50%|█████     | 2/4 [00:00<00:00,  4.00it/s]"
		"\rtrain:  75%|███████▌  | 3/4 [00:01<00:00,  2.75it/s]"
		"\rtrain: 100%|██████████| 4/4 [00:01<00:00,  2.39it/s]"
		"\rtrain: 100%|██████████| 4/4 [00:01<00:00,  2.46it/s]\n"
	},
	{.bars = {{.total = 5, .options = {.size = sizeof(sj_progress_options)}}},
	 .bar_count = 1,
	 .steps = {
		{2.0, 0, STEP_WRITE, 0, "epoch:\t1\ttrain/loss:\t0.35"},
		{0.0, 0, STEP_UPDATE, 1, NULL},
		{2.25, 0, STEP_WRITE, 0, "epoch:\t2"},
		{0.0, 0, STEP_UPDATE, 1, NULL},
		{2.0, 0, STEP_WRITE, 0, ""},
		{0.0, 0, STEP_UPDATE, 3, NULL},
		{0.0, 0, STEP_END, 0, NULL},
	 },
	 .step_count = 7,
	 .expected =
		"\r  0%|          | 0/5 [00:00<?, ?it/s]"
		"\r                                     "
		"\repoch:\t1\ttrain/loss:\t0.35\n"
		"\r  0%|          | 0/5 [00:02<?, ?it/s]"
		"\r 20%|██        | 1/5 [00:02<00:08,  2.00s/it]"
		"\r                                             "
		"\repoch:\t2\n"
		"\r 20%|██        | 1/5 [00:04<00:08,  2.00s/it]"
		"\r 40%|████      | 2/5 [00:04<00:06,  2.15s/it]"
		"\r                                             "
		"\r\n"
		"\r 40%|████      | 2/5 [00:06<00:06,  2.15s/it]"
		"\r100%|██████████| 5/5 [00:06<00:00,  1.09s/it]"
		"\r100%|██████████| 5/5 [00:06<00:00,  1.25s/it]\n"
	},
	{.bars = {{.total = 100000, .options = {.size = sizeof(sj_progress_options), .columns = 60, .unit = "step"}}},
	 .bar_count = 1,
	 .steps = {
		{0.0625, 0, STEP_UPDATE, 10, NULL},
		{0.0625, 0, STEP_UPDATE, 10, NULL},
		{0.0625, 0, STEP_UPDATE, 10, NULL},
		{0.0625, 0, STEP_UPDATE, 10, NULL},
		{0.0625, 0, STEP_UPDATE, 15, NULL},
		{0.0625, 0, STEP_UPDATE, 1, NULL},
		{0.0625, 0, STEP_UPDATE, 1, NULL},
		{0.5, 0, STEP_UPDATE, 1, NULL},
		{12.0, 0, STEP_UPDATE, 50, NULL},
		{0.25, 0, STEP_UPDATE, 1, NULL},
		{0.25, 0, STEP_UPDATE, 1, NULL},
		{1.0, 0, STEP_UPDATE, 100, NULL},
		{1.0, 0, STEP_UPDATE, -20, NULL},
		{1.0, 0, STEP_UPDATE, 40, NULL},
		{0.0, 0, STEP_END, 0, NULL},
	 },
	 .step_count = 15,
	 .expected =
		"\r  0%|                          | 0/100000 [00:00<?, ?step/s]"
		"\r  0%|                | 20/100000 [00:00<10:24, 160.00step/s]"
		"\r  0%|                | 40/100000 [00:00<10:24, 160.00step/s]"
		"\r  0%|                | 56/100000 [00:00<11:27, 145.39step/s]"
		"\r  0%|              | 108/100000 [00:12<4:25:53,  6.26step/s]"
		"\r  0%|              | 109/100000 [00:13<4:28:31,  6.20step/s]"
		"\r  0%|              | 210/100000 [00:14<1:30:37, 18.35step/s]"
		"\r  0%|              | 230/100000 [00:16<1:28:27, 18.80step/s]"
		"\r  0%|              | 230/100000 [00:16<1:58:50, 13.99step/s]\n"
	},
	{.bars = {{.total = 10, .options = {.size = sizeof(sj_progress_options), .smoothing = SJ_PROGRESS_AVERAGE}}},
	 .bar_count = 1,
	 .steps = {
		{0.25, 0, STEP_UPDATE, 3, NULL},
		{0.25, 0, STEP_UPDATE, 1, NULL},
		{0.25, 0, STEP_UPDATE, 1, NULL},
		{0.25, 0, STEP_UPDATE, 1, NULL},
		{0.25, 0, STEP_UPDATE, 1, NULL},
		{0.0, 0, STEP_END, 0, NULL},
	 },
	 .step_count = 6,
	 .expected =
		"\r  0%|          | 0/10 [00:00<?, ?it/s]"
		"\r 30%|███       | 3/10 [00:00<00:00, 12.00it/s]"
		"\r 60%|██████    | 6/10 [00:01<00:00,  6.00it/s]"
		"\r 70%|███████   | 7/10 [00:01<00:00,  5.60it/s]\n"
	},
	{.bars = {{.total = 10, .options = {.size = sizeof(sj_progress_options), .min_interval = 0.5, .initial = 2, .smoothing = 1}}},
	 .bar_count = 1,
	 .steps = {
		{0.25, 0, STEP_UPDATE, 3, NULL},
		{0.25, 0, STEP_UPDATE, 1, NULL},
		{1.25, 0, STEP_UPDATE, 1, NULL},
		{0.0, 0, STEP_END, 0, NULL},
	 },
	 .step_count = 4,
	 .expected =
		"\r 20%|██        | 2/10 [00:00<?, ?it/s]"
		"\r 60%|██████    | 6/10 [00:00<00:00,  8.00it/s]"
		"\r 70%|███████   | 7/10 [00:01<00:01,  2.86it/s]\n"
	},
	{.bars = {{.total = -1, .options = {.size = sizeof(sj_progress_options), .unit = "B", .unit_divisor = 1024, .unit_scale = true}}},
	 .bar_count = 1,
	 .steps = {
		{0.25, 0, STEP_UPDATE, 3000, NULL},
		{0.25, 0, STEP_UPDATE, 5000, NULL},
		{1.0, 0, STEP_UPDATE, 7000000, NULL},
		{0.0, 0, STEP_END, 0, NULL},
	 },
	 .step_count = 4,
	 .expected =
		"\r0.00B [00:00, ?B/s]"
		"\r2.93kB [00:00, 12.0kB/s]"
		"\r7.81kB [00:00, 16.7kB/s]"
		"\r6.68MB [00:01, 5.40MB/s]"
		"\r6.68MB [00:01, 4.67MB/s]\n"
	},
	{.bars = {{.total = 3, .options = {.size = sizeof(sj_progress_options), .description = "gone", .vanish = true}}},
	 .bar_count = 1,
	 .steps = {
		{1.0, 0, STEP_UPDATE, 1, NULL},
		{1.0, 0, STEP_UPDATE, 1, NULL},
		{1.0, 0, STEP_UPDATE, 1, NULL},
		{0.0, 0, STEP_END, 0, NULL},
	 },
	 .step_count = 4,
	 .expected =
		"\rgone:   0%|          | 0/3 [00:00<?, ?it/s]"
		"\rgone:  33%|███▎      | 1/3 [00:01<00:02,  1.00it/s]"
		"\rgone:  67%|██████▋   | 2/3 [00:02<00:01,  1.00it/s]"
		"\rgone: 100%|██████████| 3/3 [00:03<00:00,  1.00it/s]"
		"\r                                                   "
		"\r"
	},
	{.bars = {{.total = 3, .options = {.size = sizeof(sj_progress_options)}}},
	 .bar_count = 1,
	 .steps = {
		{1.0, 0, STEP_UPDATE, 1, NULL},
		{0.25, 0, STEP_DESCRIBE, 0, "a long description"},
		{0.25, 0, STEP_POSTFIX, 0, "loss=0.25"},
		{0.25, 0, STEP_DESCRIBE, 0, ""},
		{0.25, 0, STEP_POSTFIX, 0, ""},
		{0.0, 0, STEP_UPDATE, 2, NULL},
		{0.0, 0, STEP_END, 0, NULL},
	 },
	 .step_count = 7,
	 .expected =
		"\r  0%|          | 0/3 [00:00<?, ?it/s]"
		"\r 33%|███▎      | 1/3 [00:01<00:02,  1.00it/s]"
		"\ra long description:  33%|███▎      | 1/3 [00:01<00:02,  1.00it/s]"
		"\ra long description:  33%|███▎      | 1/3 [00:01<00:02,  1.00it/s, loss=0.25]"
		"\r 33%|███▎      | 1/3 [00:01<00:02,  1.00it/s, loss=0.25]                    "
		"\r 33%|███▎      | 1/3 [00:02<00:02,  1.00it/s]           "
		"\r100%|██████████| 3/3 [00:02<00:00,  1.59it/s]"
		"\r100%|██████████| 3/3 [00:02<00:00,  1.50it/s]\n"
	},
	{.bars = {{.total = 2, .options = {.size = sizeof(sj_progress_options), .description = "epoch"}},
	          {.total = 2, .options = {.size = sizeof(sj_progress_options), .description = "batch", .vanish = true}}},
	 .bar_count = 2,
	 .steps = {
		{1.0, 1, STEP_UPDATE, 1, NULL},
		{1.0, 1, STEP_UPDATE, 1, NULL},
		{0.0, 1, STEP_END, 0, NULL},
		{0.0, 0, STEP_UPDATE, 1, NULL},
		{1.0, 0, STEP_UPDATE, 1, NULL},
		{0.0, 0, STEP_END, 0, NULL},
	 },
	 .step_count = 6,
	 .expected =
		"\repoch:   0%|          | 0/2 [00:00<?, ?it/s]\n"
		"\rbatch:   0%|          | 0/2 [00:00<?, ?it/s]\033[A\n"
		"\rbatch:  50%|█████     | 1/2 [00:01<00:01,  1.00it/s]\033[A\n"
		"\rbatch: 100%|██████████| 2/2 [00:02<00:00,  1.00it/s]\033[A\n"
		"\r                                                    \033[A"
		"\repoch:  50%|█████     | 1/2 [00:02<00:02,  2.00s/it]"
		"\repoch: 100%|██████████| 2/2 [00:03<00:00,  1.41s/it]"
		"\repoch: 100%|██████████| 2/2 [00:03<00:00,  1.50s/it]\n"
	},
};
