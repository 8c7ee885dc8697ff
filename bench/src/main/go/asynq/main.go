// Asynq is what the measurements have run beside Errand, with asynq's own defaults:
//
//	asynq enqueue URL QUEUE GOROUTINES SECONDS    each goroutine stores one task after the other
//	asynq drain URL QUEUE TASKS CONCURRENCY       stores tasks, then has a server run them, from its start until all are written down
//
// Both print how many tasks it was, and the seconds that were measured, and remove the queue in the end.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

const fillers = 64

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	check(err)
	return n
}

func task(queue string) *asynq.Task {
	return asynq.NewTask("bench", make([]byte, 100), asynq.Queue(queue))
}

// each runs n goroutines until their step says that it was the last one; answers how many steps there were.
func each(n int, step func() bool) int64 {
	var steps atomic.Int64
	var all sync.WaitGroup
	for range n {
		all.Add(1)
		go func() {
			defer all.Done()
			for step() {
				steps.Add(1)
			}
		}()
	}
	all.Wait()
	return steps.Load()
}

func enqueue(client *asynq.Client, queue string, goroutines int, seconds float64) (int64, time.Duration) {
	_, err := client.Enqueue(task(queue))
	check(err)
	start := time.Now()
	end := start.Add(time.Duration(seconds * float64(time.Second)))
	count := each(goroutines, func() bool {
		if time.Now().After(end) {
			return false
		}
		_, err := client.Enqueue(task(queue))
		check(err)
		return true
	})
	return count, time.Since(start)
}

func drain(opt asynq.RedisConnOpt, client *asynq.Client, queue string, tasks, concurrency int) (int64, time.Duration) {
	var left atomic.Int64
	left.Store(int64(tasks))
	each(fillers, func() bool {
		if left.Add(-1) < 0 {
			return false
		}
		_, err := client.Enqueue(task(queue))
		check(err)
		return true
	})
	var ran atomic.Int64
	server := asynq.NewServer(opt, asynq.Config{
		Concurrency: concurrency,
		Queues:      map[string]int{queue: 1},
		LogLevel:    asynq.ErrorLevel,
	})
	db := opt.MakeRedisClient().(redis.UniversalClient)
	defer db.Close()
	start := time.Now()
	check(server.Start(asynq.HandlerFunc(func(context.Context, *asynq.Task) error {
		ran.Add(1)
		return nil
	})))
	for ran.Load() < int64(tasks) {
		time.Sleep(time.Millisecond)
	}
	for {
		active, err := db.LLen(context.Background(), "asynq:{"+queue+"}:active").Result()
		check(err)
		if active == 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	took := time.Since(start)
	server.Shutdown()
	return int64(tasks), took
}

func main() {
	if len(os.Args) != 6 {
		check(fmt.Errorf("give enqueue URL QUEUE GOROUTINES SECONDS, or drain URL QUEUE TASKS CONCURRENCY"))
	}
	opt, err := asynq.ParseRedisURI(os.Args[2])
	check(err)
	queue := os.Args[3]
	client := asynq.NewClient(opt)
	defer client.Close()
	var count int64
	var took time.Duration
	switch os.Args[1] {
	case "enqueue":
		seconds, err := strconv.ParseFloat(os.Args[5], 64)
		check(err)
		count, took = enqueue(client, queue, number(os.Args[4]), seconds)
	case "drain":
		count, took = drain(opt, client, queue, number(os.Args[4]), number(os.Args[5]))
	default:
		check(fmt.Errorf("there is no %s", os.Args[1]))
	}
	inspector := asynq.NewInspector(opt)
	defer inspector.Close()
	check(inspector.DeleteQueue(queue, true))
	fmt.Println(count, took.Seconds())
}
