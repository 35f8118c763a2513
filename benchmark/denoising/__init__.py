"""Recovery against measurement noise: are recovered or shrunken cells as good as measured ones?"""
