// Polyglot is the Go half of this example, on asynq alone: it knows nothing of Java.
//
//	polyglot worker REDIS-URL        makes thumbnails until its input ends
//	polyglot client REDIS-URL N      asks for N thumbnails, and prints the tasks' ids
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/hibiken/asynq"
)

const (
	queue         = "thumbnails"
	makeThumbnail = "thumbnail.make"
)

type photo struct {
	File  string `json:"file"`
	Width int    `json:"width"`
}

type thumbnail struct {
	File   string `json:"file"`
	MadeBy string `json:"madeBy"`
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func work(redis asynq.RedisConnOpt) {
	mux := asynq.NewServeMux()
	mux.HandleFunc(makeThumbnail, func(ctx context.Context, task *asynq.Task) error {
		var p photo
		if err := json.Unmarshal(task.Payload(), &p); err != nil {
			return fmt.Errorf("not a photo: %v: %w", err, asynq.SkipRetry)
		}
		time.Sleep(50 * time.Millisecond) // the work
		name := strings.TrimSuffix(p.File, ".jpg")
		result, err := json.Marshal(thumbnail{File: fmt.Sprintf("%s-%d.jpg", name, p.Width), MadeBy: "Go"})
		if err != nil {
			return err
		}
		_, err = task.ResultWriter().Write(result)
		return err
	})
	server := asynq.NewServer(redis, asynq.Config{
		Concurrency:       4,
		Queues:            map[string]int{queue: 1},
		TaskCheckInterval: 100 * time.Millisecond,
		LogLevel:          asynq.ErrorLevel,
	})
	check(server.Start(mux))
	fmt.Println("ready")
	bufio.NewReader(os.Stdin).ReadString(0)
	server.Shutdown()
}

func ask(redis asynq.RedisConnOpt, n int) {
	client := asynq.NewClient(redis)
	defer client.Close()
	for i := range n {
		payload, err := json.Marshal(photo{File: fmt.Sprintf("go/%d.jpg", i), Width: 320})
		check(err)
		info, err := client.Enqueue(asynq.NewTask(makeThumbnail, payload), asynq.Queue(queue), asynq.Retention(time.Hour))
		check(err)
		fmt.Println(info.ID)
	}
}

func main() {
	if len(os.Args) < 3 {
		log.Fatal("usage: polyglot worker REDIS-URL | client REDIS-URL N")
	}
	redis, err := asynq.ParseRedisURI(os.Args[2])
	check(err)
	switch os.Args[1] {
	case "worker":
		work(redis)
	case "client":
		n, err := strconv.Atoi(os.Args[3])
		check(err)
		ask(redis, n)
	default:
		log.Fatal("there is no " + os.Args[1])
	}
}
