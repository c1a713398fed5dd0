# A child that imports the main module must not start children while it does.
import multiprocessing as mp


def work():
    print('work')


if mp.current_process().name == 'MainProcess':
    context = mp.get_context('spawn')
    child = context.Process(target=work)
    child.start()
    child.join()
    print(child.exitcode, __name__)
else:
    print(__name__)
    try:
        mp.get_context('spawn').Process(target=work).start()
    except RuntimeError as error:
        print(error)
